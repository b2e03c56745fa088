// The grammar of the command line: what a subcommand takes, as data; help and shell completion come from the same
// tables as the parser.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace soundbite {

// What a shell offers for a value.
enum class Completes { nothing, file, folder };

struct Option {
  std::string name;              // "voice": --voice
  char letter = '\0';            // 'o': -o as well
  std::string placeholder = {};  // "FILE"; empty: a switch
  std::string help;
  std::vector<std::string> choices = {};
  Completes completes = Completes::nothing;
  bool repeatable = false;
};

struct CommandSpec {
  std::string name;
  std::string summary;     // one line
  std::string words = {};  // "[TEXT|-]"; empty: none are taken
  std::size_t max_words = 0;
  std::vector<std::string> word_choices = {};   // of the first word, for completion
  std::vector<Option> options = {};             // its own; --help is everyone's
  std::vector<std::string_view> settings = {};  // names in the table of settings
  std::string examples = {};                    // indented lines
};

// The command's own options and those of its settings, in the order of the help.
std::vector<Option> options_of(const CommandSpec& spec);

// What was written behind the subcommand's name.
class Arguments {
 public:
  bool has(const std::string& option) const { return values_.contains(option); }
  // The value of an option given at most once.
  std::optional<std::string> value(const std::string& option) const;
  // All values, in order; null when the option was not given.
  const std::vector<std::string>* values(const std::string& option) const;
  const std::vector<std::string>& words() const { return words_; }
  // The names of the options in the order they were written; one given twice comes twice.
  const std::vector<std::string>& order() const { return order_; }

 private:
  friend Result<Arguments> parse_arguments(const CommandSpec&, std::span<const char* const>);
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> words_;
  std::vector<std::string> order_;
};

// Errors: invalid, one line that names the wrong flag and the nearest right one.
Result<Arguments> parse_arguments(const CommandSpec& spec, std::span<const char* const> written);

// The text of `soundbite NAME --help`.
std::string help_text(const CommandSpec& spec);

}  // namespace soundbite
