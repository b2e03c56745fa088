#include "app/recording/process_request.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <thread>

#include "app/recording/input_files.h"
#include "app/say_request.h"
#include "base/text.h"
#include "job/spec_check.h"

namespace soundbite {

namespace {

namespace fs = std::filesystem;

Result<std::optional<int>> read_count(const Arguments& arguments, const std::string& flag) {
  const auto written = arguments.value(flag);
  if (!written) return std::optional<int>();
  int number = 0;
  const char* end = written->data() + written->size();
  const auto [stopped, error] = std::from_chars(written->data(), end, number);
  if (error == std::errc() && stopped == end && number > 0) return number;
  return fail(ErrorCode::invalid,
              "bad value " + quote_json(*written) + " for --" + flag + ": write a whole number above 0");
}

Result<void> read_output(const Arguments& arguments, ProcessRequest& request) {
  const std::pair<const char*, std::optional<int>*> numbers[] = {{"bitrate", &request.output.bitrate},
                                                                 {"sample-rate", &request.output.sample_rate},
                                                                 {"channels", &request.output.channels}};
  for (const auto& [flag, into] : numbers) {
    const auto number = read_count(arguments, flag);
    if (!number) return std::unexpected(number.error());
    *into = *number;
  }
  const auto parallel = read_count(arguments, "jobs");
  if (!parallel) return std::unexpected(parallel.error());
  request.parallel =
      static_cast<std::size_t>(parallel->value_or(static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))));
  return {};
}

// A folder when it is one, is written like one, or several files must go there.
bool is_folder(const std::string& output, std::size_t inputs) {
  std::error_code error;
  return output != "-" && (inputs > 1 || output.ends_with('/') || fs::is_directory(output, error));
}

Result<Format> choose_format(const Arguments& arguments, const std::string& output, bool folder) {
  if (const auto named = arguments.value("format"))
    return *parse_format(*named);  // one of its choices, or refused before
  if (folder) return Format::mp3;
  return output == "-" ? Format::wav : format_of_name(output);
}

// One target for each input; two inputs of one name would overwrite each other.
Result<void> name_targets(const std::vector<std::string>& inputs, const std::string& output, bool folder,
                          ProcessRequest& request) {
  const std::string ending = "." + std::string(traits_of(request.output.format).extension);
  std::set<std::string> taken;
  for (const auto& input : inputs) {
    std::string target = output;
    if (folder) {
      const std::string stem = input == "-" ? "recording" : fs::path(input).stem().string();
      target = (fs::path(output) / (stem + ending)).string();
    }
    if (!taken.insert(target).second)
      return fail(ErrorCode::invalid, "two inputs would become " + target + "; process them into different folders");
    request.pieces.push_back({input, target});
  }
  return {};
}

Result<void> check_targets(const std::vector<ProcessPiece>& pieces, bool force) {
  for (const auto& [input, target] : pieces) {
    struct stat there{};
    if (target == "-" || ::stat(target.c_str(), &there) != 0 || !S_ISREG(there.st_mode)) continue;
    struct stat source{};
    if (input != "-" && ::stat(input.c_str(), &source) == 0 && source.st_ino == there.st_ino &&
        source.st_dev == there.st_dev)
      return fail(ErrorCode::invalid, target + " is the recording itself; name another file with -o");
    if (!force) return fail(ErrorCode::invalid, target + " is there already; add --force to replace it");
  }
  return {};
}

Result<ProcessRequest> read(const Arguments& arguments) {
  ProcessRequest request;
  request.json = arguments.has("json");
  if (arguments.words().empty())
    return fail(ErrorCode::invalid, "give a recording: soundbite process talk.wav -o talk.mp3 --loudness -16");
  const auto output = arguments.value("output");
  if (!output || output->empty())
    return fail(ErrorCode::invalid, "say where the audio goes: -o talk.mp3, a folder, or - for standard output");
  if (*output == "-" && ::isatty(STDOUT_FILENO) == 1)
    return fail(ErrorCode::invalid, "audio is nothing for a terminal: -o talk.mp3 for a file, or pipe standard output");
  if (auto numbers = read_output(arguments, request); !numbers) return std::unexpected(std::move(numbers.error()));
  auto recipe = read_recipe_flags(arguments);
  if (!recipe) return std::unexpected(std::move(recipe.error()));
  request.recipe = std::move(*recipe);
  const auto inputs = find_input_files(arguments.words());
  if (!inputs) return std::unexpected(inputs.error());
  if (*output == "-" && inputs->size() > 1)
    return fail(ErrorCode::invalid, "standard output takes one recording; name a folder with -o");
  const bool folder = is_folder(*output, inputs->size());
  const auto format = choose_format(arguments, *output, folder);
  if (!format) return std::unexpected(format.error());
  request.output.format = *format;
  if (auto named = name_targets(*inputs, *output, folder, request); !named) return std::unexpected(named.error());
  if (auto checked = check_targets(request.pieces, arguments.has("force")); !checked)
    return std::unexpected(checked.error());
  std::vector<FieldError> errors;
  check_output_of_recording(request.output, errors);
  if (!errors.empty()) return fail(ErrorCode::invalid, explain_fields(errors));
  return request;
}

}  // namespace

std::vector<Option> process_options() {
  std::vector<std::string> formats;
  for (const auto& traits : all_formats()) formats.emplace_back(traits.name);
  std::vector<Option> options = {
      {.name = "output",
       .letter = 'o',
       .placeholder = "FILE|DIR",
       .help = "where the audio goes: a file whose name tells the format, a folder, or - for standard output",
       .completes = Completes::file},
      {.name = "format",
       .letter = 'f',
       .placeholder = "FORMAT",
       .help = "instead of what the name tells (default for a folder: mp3, for a pipe: wav)",
       .choices = formats},
      {.name = "bitrate", .placeholder = "BITS", .help = "bits per second, where the format has a choice"},
      {.name = "sample-rate", .placeholder = "HZ", .help = "default: the recording's own, or the nearest"},
      {.name = "channels", .placeholder = "N", .help = "1 or 2 (default: the recording's own)"},
      {.name = "force", .help = "replace files that are there already"},
      {.name = "jobs", .letter = 'j', .placeholder = "N", .help = "recordings at once (default: number of cores)"},
      {.name = "json", .help = "print one line of JSON for each recording"}};
  auto recipe = recipe_options();
  options.insert(options.begin() + 1, std::make_move_iterator(recipe.begin()), std::make_move_iterator(recipe.end()));
  return options;
}

std::expected<ProcessRequest, Failure> read_process_request(const Arguments& arguments) {
  auto request = read(arguments);
  if (!request)
    return std::unexpected(Failure{request.error().code == ErrorCode::invalid ? 2 : 1, request.error().message});
  return std::move(*request);
}

}  // namespace soundbite
