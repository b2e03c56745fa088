#include "app/config/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/config/settings.h"
#include "base/text.h"

namespace soundbite {

namespace {

Option option_of(const Setting& setting) {
  Option option{.name = std::string(setting.name),
                .placeholder = std::string(setting.placeholder),
                .help = std::string(setting.help) + " (default: " + std::string(setting.default_text()) + ")",
                .choices = {setting.choices.begin(), setting.choices.end()},
                .repeatable = setting.repeatable()};
  if (setting.placeholder == "FILE") option.completes = Completes::file;
  if (setting.placeholder == "DIR") option.completes = Completes::folder;
  if (option.repeatable) option.help += "; may be repeated";
  return option;
}

std::string names_of(const Option& option) {
  std::string names = "--" + option.name;
  if (option.letter != '\0') names = std::string("-") + option.letter + "," + names;
  return names;
}

Error unknown_flag(const CommandSpec& spec, const std::vector<Option>& options, const std::string& written) {
  std::vector<std::string> flags;
  flags.reserve(options.size());
  for (const auto& option : options) flags.push_back("--" + option.name);
  const std::string name = written.substr(0, written.find('='));
  const auto nearest = nearest_names(name, flags, 1);
  return {
      ErrorCode::invalid,
      "unknown flag " + name +
          (nearest.empty() ? "; see soundbite " + spec.name + " --help" : ": did you mean " + nearest.front() + "?"),
      {}};
}

Error unexpected_word(const CommandSpec& spec, const std::string& word) {
  return {ErrorCode::invalid,
          "unexpected word " + quote_json(word) + ": soundbite " + spec.name + " takes " +
              (spec.max_words == 0 ? "no words" : spec.words + " (quotes keep several words together)"),
          {}};
}

// Breaks `text` at spaces into lines of at most `width`, each but the first after `indent` spaces.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (used != 0 && used + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      used = 0;
    }
    out += (used == 0 ? "" : " ") + std::string(word);
    used += word.size() + (used == 0 ? 0 : 1);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return out;
}

std::string help_of(const std::vector<Option>& options) {
  static constexpr std::size_t column = 30;
  std::string out;
  for (const auto& option : options) {
    std::string line = option.letter == '\0' ? "      " : std::string("  -") + option.letter + ", ";
    line += "--" + option.name + (option.placeholder.empty() ? "" : " " + option.placeholder);
    line += line.size() + 2 > column ? "\n" + std::string(column, ' ') : std::string(column - line.size(), ' ');
    std::string help = option.help;
    if (!option.choices.empty()) {
      std::string all;
      for (const auto& choice : option.choices) all += (all.empty() ? "" : ", ") + choice;
      help += option.choices.size() == 1 ? "; only: " + all : "; one of: " + all;
    }
    out += line + wrap(help, column, 120 - column) + "\n";
  }
  return out;
}

}  // namespace

std::vector<Option> options_of(const CommandSpec& spec) {
  std::vector<Option> options = spec.options;
  for (const auto name : spec.settings) options.push_back(option_of(*find_setting(name)));
  if (!spec.settings.empty()) {
    options.push_back({.name = "config",
                       .placeholder = "FILE",
                       .help =
                           "settings as TOML (default: $SOUNDBITE_CONFIG, else ~/.config/soundbite/config.toml, else "
                           "/etc/soundbite/config.toml)",
                       .completes = Completes::file});
  }
  options.push_back({.name = "help", .letter = 'h', .placeholder = "", .help = "print this"});
  return options;
}

std::optional<std::string> Arguments::value(const std::string& option) const {
  const auto* all = values(option);
  return all == nullptr || all->empty() ? std::nullopt : std::optional(all->back());
}

const std::vector<std::string>* Arguments::values(const std::string& option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? nullptr : &found->second;
}

Result<Arguments> parse_arguments(const CommandSpec& spec, std::span<const char* const> written) {
  const auto options = options_of(spec);
  CLI::App parser(spec.summary, spec.name);
  parser.set_help_flag();
  parser.allow_extras();
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, bool> switches;
  std::vector<std::string> words;
  for (const auto& option : options) {
    if (option.placeholder.empty()) {
      parser.add_flag(names_of(option), switches[option.name]);
    } else {
      parser.add_option(names_of(option), values[option.name])->expected(1)->take_all()->allow_extra_args(false);
    }
  }
  const auto dashes = std::ranges::find(written, std::string_view("--"));  // behind it there are words only
  std::vector<std::string> reversed(std::make_reverse_iterator(dashes), written.rend());
  try {
    parser.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::invalid, std::string(error.what()) + "; see soundbite " + spec.name + " --help");
  }
  for (auto& extra : parser.remaining()) {
    if (extra.starts_with('-') && extra != "-") return std::unexpected(unknown_flag(spec, options, extra));
    words.push_back(std::move(extra));
  }
  if (dashes != written.end()) words.insert(words.end(), std::next(dashes), written.end());
  if (words.size() > spec.max_words) return std::unexpected(unexpected_word(spec, words[spec.max_words]));
  Arguments arguments;
  arguments.words_ = std::move(words);
  for (const auto* option : parser.parse_order()) arguments.order_.push_back(option->get_lnames().front());
  for (const auto& option : options) {
    if (option.placeholder.empty()) {
      if (switches[option.name]) arguments.values_[option.name] = {};
      continue;
    }
    auto& given = values[option.name];
    if (given.size() > 1 && !option.repeatable)
      return fail(ErrorCode::invalid, "--" + option.name + " is given twice: keep one");
    if (!given.empty()) arguments.values_[option.name] = std::move(given);
  }
  return arguments;
}

std::string help_text(const CommandSpec& spec) {
  std::string out = "usage: soundbite " + spec.name + (spec.words.empty() ? "" : " " + spec.words) + " [flags]\n\n" +
                    spec.summary + "\n\nexamples\n" + spec.examples + "\nflags\n" + help_of(options_of(spec));
  if (!spec.settings.empty()) {
    out += "\nEvery setting can also be a SOUNDBITE_ variable (" + find_setting(spec.settings.front())->flag() +
           " is " + find_setting(spec.settings.front())->variable() +
           ") or a key of the\nTOML file; `soundbite config` prints what is in force and where it came from.\n";
  }
  return out;
}

}  // namespace soundbite
