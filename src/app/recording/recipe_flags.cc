#include "app/recording/recipe_flags.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <charconv>
#include <map>

#include "base/file.h"
#include "base/strict_json.h"
#include "base/text.h"
#include "job/recipe_json.h"

namespace soundbite {

namespace {

namespace json = boost::json;

constexpr std::size_t max_recipe_bytes = 1 << 20;

// The flags that take one number, and the field of the operation that it is.
struct NumberFlag {
  std::string_view flag;  // and the name of the operation
  std::string_view field;
};

constexpr NumberFlag number_flags[] = {{"gain", "gain"},        {"loudness", "target"},   {"tempo", "factor"},
                                       {"pitch", "semitones"},  {"denoise", "reduction"}, {"highpass", "frequency"},
                                       {"lowpass", "frequency"}};

std::unexpected<Error> wrong(const std::string& flag, const std::string& written, const std::string& advice) {
  return fail(ErrorCode::invalid, "bad value " + quote_json(written) + " for --" + flag + ": write " + advice);
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

// "1:9.5" as two fields; either side may be empty.
Result<json::object> read_pair(const std::string& flag, const std::string& written, std::string_view first,
                               std::string_view second, const std::string& advice) {
  const std::size_t colon = written.find(':');
  json::object operation{{"op", flag}};
  const auto read = [&](std::string_view text, std::string_view field) {
    if (text.empty()) return true;
    const auto number = parse_number(text);
    if (number) operation[field] = *number;
    return number.has_value();
  };
  const std::string_view whole = written;
  const bool good = colon != std::string::npos && read(whole.substr(0, colon), first) &&
                    read(whole.substr(colon + 1), second) && operation.size() > 1;
  if (!good) return wrong(flag, written, advice);
  return operation;
}

// Turns flags into the JSON that a request would hold, so that one set of rules checks both.
class FlagReader {
 public:
  explicit FlagReader(const Arguments& arguments) : arguments_(arguments) {}

  Result<LocalRecipe> read() {
    for (const auto& flag : arguments_.order()) {
      if (auto added = add(flag); !added) return std::unexpected(std::move(added.error()));
    }
    if (auto bounded = apply_true_peak(); !bounded) return std::unexpected(std::move(bounded.error()));
    std::vector<FieldError> errors;
    LocalRecipe local;
    local.recipe = read_recipe(operations_, "", errors);
    if (!errors.empty()) return std::unexpected(explain(errors.front()));
    for (const FileId& file : files_of(local.recipe)) local.paths.push_back(paths_.at(file));
    local.origins = std::move(origins_);
    return local;
  }

 private:
  Result<void> add(const std::string& flag) {
    // One given several times is met once for each time.
    const auto take = [&] { return arguments_.values(flag)->at(taken_[flag]++); };
    for (const auto& known : number_flags) {
      if (known.flag != flag) continue;
      const std::string written = take();
      const auto number = parse_number(written);
      if (!number) return wrong(flag, written, "a number");
      return keep(flag, json::object{{"op", flag}, {known.field, *number}});
    }
    if (flag == "trim")
      return keep(flag, read_pair(flag, take(), "start", "end", "START:END in seconds, such as 1:9.5"));
    if (flag == "fade") return keep(flag, read_pair(flag, take(), "in", "out", "IN:OUT in seconds, such as 0.5:2"));
    if (flag == "silence") return keep(flag, json::object{{"op", flag}, {"mode", take()}});
    if (flag == "mono") return keep(flag, json::object{{"op", "channels"}, {"count", 1}});
    if (flag == "stereo") return keep(flag, json::object{{"op", "channels"}, {"count", 2}});
    if (flag == "concat") return keep(flag, json::object{{"op", flag}, {"fileIds", json::array{name_file(take())}}});
    if (flag == "mix") return keep(flag, json::object{{"op", flag}, {"fileId", name_file(take())}});
    if (flag == "recipe") return add_file(take());
    return {};
  }

  Result<void> keep(const std::string& flag, Result<json::object> operation) {
    if (!operation) return std::unexpected(std::move(operation.error()));
    operations_.push_back(std::move(*operation));
    origins_.push_back("--" + flag);
    return {};
  }

  Result<void> add_file(const std::string& path) {
    const auto text = read_file(path, max_recipe_bytes);
    if (!text) return std::unexpected(text.error());
    const auto parsed = parse_strict_json(*text);
    if (!parsed) return fail(ErrorCode::invalid, path + ": " + parsed.error().message);
    const auto* list = parsed->if_array();
    if (!list) return fail(ErrorCode::invalid, path + " must hold a list of operations: [{\"op\": \"trim\", …}, …]");
    for (const auto& operation : *list) {
      const auto* object = operation.if_object();
      if (object && (object->contains("fileId") || object->contains("fileIds")))
        return fail(ErrorCode::invalid, path + " names uploaded files; name local ones with --concat and --mix");
      operations_.push_back(operation);
      origins_.push_back(path + " operation " + std::to_string(&operation - list->data() + 1));
    }
    return {};
  }

  // --true-peak belongs to --loudness, wherever it stands.
  Result<void> apply_true_peak() {
    const auto written = arguments_.value("true-peak");
    if (!written) return {};
    const auto number = parse_number(*written);
    if (!number) return wrong("true-peak", *written, "a number of dBTP, such as -1");
    bool used = false;
    for (auto& operation : operations_) {
      auto* object = operation.if_object();
      const auto* name = object ? object->if_contains("op") : nullptr;
      if (!name || *name != "loudness") continue;
      (*object)["truePeak"] = *number;
      used = true;
    }
    if (!used) return fail(ErrorCode::invalid, "--true-peak bounds --loudness: give that too");
    return {};
  }

  json::string name_file(const std::string& path) {
    FileId id;
    id.bytes.back() = static_cast<std::uint8_t>(paths_.size());
    paths_.emplace(id, path);
    return json::string(id.text());
  }

  // "/2/target" as "--loudness target …".
  Error explain(const FieldError& error) const {
    std::size_t place = 0;
    const char* end = error.pointer.data() + error.pointer.size();
    const auto [stopped, failed] = std::from_chars(error.pointer.data() + 1, end, place);
    std::string what = failed == std::errc() && place < origins_.size() ? origins_[place] : "the recipe";
    if (stopped != end && *stopped == '/') what += " " + std::string(stopped + 1, end);
    std::string line = what + " " + error.detail;
    for (std::size_t i = 0; i < error.suggestions.size(); ++i) line += (i == 0 ? ": " : ", ") + error.suggestions[i];
    return {ErrorCode::invalid, std::move(line), {}};
  }

  const Arguments& arguments_;
  json::array operations_;
  std::vector<std::string> origins_;  // of each operation, for errors
  std::map<FileId, std::string> paths_;
  std::map<std::string, std::size_t> taken_;
};

}  // namespace

std::vector<Option> recipe_options() {
  const auto numbered = [](std::string name, std::string placeholder, std::string help) {
    return Option{
        .name = std::move(name), .placeholder = std::move(placeholder), .help = std::move(help), .repeatable = true};
  };
  auto silence = numbered("silence", "HOW", "shorten silence at both ends, or everywhere");
  silence.choices = {"trim", "remove"};
  auto concat = numbered("concat", "FILE", "put another recording behind");
  auto mix = numbered("mix", "FILE", "put a recording under it, 12 dB lower");
  auto recipe = numbered("recipe", "FILE.json", "operations as the API takes them, as a list");
  concat.completes = mix.completes = recipe.completes = Completes::file;
  return {numbered("trim", "START:END", "keep what lies between, in seconds; either may be left out"),
          std::move(silence),
          numbered("gain", "DB", "louder or softer, -60 to 60"),
          numbered("loudness", "LUFS", "bring to this integrated loudness, such as -16"),
          {.name = "true-peak", .placeholder = "DBTP", .help = "ceiling of --loudness (default: -1.5)"},
          numbered("fade", "IN:OUT", "fade in and out, in seconds; either may be left out"),
          numbered("tempo", "FACTOR", "faster or slower at the same pitch, 0.5 to 2"),
          numbered("pitch", "SEMITONES", "higher or lower at the same tempo, -12 to 12"),
          numbered("denoise", "DB", "lower steady noise by so much, 1 to 40"),
          numbered("highpass", "HZ", "remove what is lower"),
          numbered("lowpass", "HZ", "remove what is higher"),
          std::move(concat),
          std::move(mix),
          {.name = "mono", .help = "mix all channels into one"},
          {.name = "stereo", .help = "make two channels"},
          std::move(recipe)};
}

Result<LocalRecipe> read_recipe_flags(const Arguments& arguments) { return FlagReader(arguments).read(); }

}  // namespace soundbite
