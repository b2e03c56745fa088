// What `soundbite process` was asked for.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/recording/recipe_flags.h"
#include "job/job_spec.h"

namespace soundbite {

struct ProcessPiece {
  std::string input;   // a path, or "-"
  std::string target;  // a path, or "-"
};

struct ProcessRequest {
  std::vector<ProcessPiece> pieces;
  LocalRecipe recipe;
  OutputSpec output;
  std::size_t parallel = 1;
  bool json = false;
};

std::vector<Option> process_options();

// Looks at files, changes none: a target that is there already is refused unless --force is given.
std::expected<ProcessRequest, Failure> read_process_request(const Arguments& arguments);

}  // namespace soundbite
