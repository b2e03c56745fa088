// What the process was started with. The only code that reads environment variables.
#pragma once

#include <map>
#include <string>

namespace soundbite {

struct Surroundings {
  std::map<std::string, std::string> variables;
  std::string executable;  // absolute path of the running program; empty when the system does not tell

  // Empty when unset.
  std::string variable(const std::string& name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  }
};

Surroundings read_surroundings();

}  // namespace soundbite
