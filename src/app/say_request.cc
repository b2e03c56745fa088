#include "app/say_request.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>

#include "base/text.h"
#include "job/spec_check.h"

namespace soundbite {

namespace {

struct FlagOfPointer {
  std::string_view pointer;
  std::string_view flag;
};

constexpr FlagOfPointer flags_of_pointers[] = {
    {"/text", "the text"},
    {"/voiceId", "--voice"},
    {"/language", "--language"},
    {"/speed", "--speed"},
    {"/volume", "--volume"},
    {"/sentenceSilence", "--sentence-silence"},
    {"/output/format", "--format"},
    {"/output/bitrate", "--bitrate"},
    {"/output/sampleRate", "--sample-rate"},
    {"/output/channels", "--channels"},
};

std::string list_of_formats() {
  std::string all;
  for (const auto& traits : all_formats()) all += (all.empty() ? "" : ", ") + std::string(traits.name);
  return all;
}

template <class Number>
Result<Number> parse_number(const Arguments& arguments, const std::string& flag, Number otherwise) {
  const auto written = arguments.value(flag);
  if (!written) return otherwise;
  Number number{};
  const char* end = written->data() + written->size();
  const auto [stopped, error] = std::from_chars(written->data(), end, number);
  if (error == std::errc() && stopped == end) return number;
  return fail(ErrorCode::invalid, "bad value " + quote_json(*written) + " for --" + flag + ": write a " +
                                      (std::is_integral_v<Number> ? "whole number" : "number"));
}

Result<void> read_integer(const Arguments& arguments, const std::string& flag, std::optional<int>& into) {
  if (!arguments.has(flag)) return {};
  const auto number = parse_number<int>(arguments, flag, 0);
  if (!number) return std::unexpected(number.error());
  into = *number;
  return {};
}

// Standard input to its end; more than any text may have is left unread.
Result<std::string> read_standard_input(std::size_t limit) {
  std::string text;
  std::array<char, 65536> buffer;
  while (text.size() <= limit) {
    const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n == 0) return text;
    if (n > 0) text.append(buffer.data(), static_cast<std::size_t>(n));
    if (n < 0 && errno != EINTR) return std::unexpected(error_from_errno(errno, "standard input"));
  }
  return fail(ErrorCode::invalid, "the text is longer than --max-text allows: split it");
}

Result<std::string> read_text(const Arguments& arguments, const Config& config) {
  std::string word = arguments.words().empty() ? "-" : arguments.words().front();
  if (word != "-") return word;
  if (arguments.words().empty() && ::isatty(STDIN_FILENO) == 1)
    return fail(ErrorCode::invalid, "give the text: soundbite say \"Hello there.\" -o hello.mp3, or pipe it in");
  return read_standard_input(config.max_text * 4);  // bytes of that many characters
}

Result<std::string> choose_target(const Arguments& arguments) {
  auto named = arguments.value("output").value_or("-");
  if (named.empty()) return fail(ErrorCode::invalid, "bad value \"\" for --output: name a file");
  if (named == "-" && ::isatty(STDOUT_FILENO) == 1)
    return fail(ErrorCode::invalid, "say where the audio goes: -o hello.mp3 for a file, or pipe standard output");
  return named;
}

bool is_stream(const std::string& target) {
  struct stat info{};
  return target == "-" || (::stat(target.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode));
}

Result<Format> choose_format(const Arguments& arguments, const std::string& target) {
  if (const auto named = arguments.value("format")) {
    if (const auto format = parse_format(*named)) return *format;
    return fail(ErrorCode::invalid,
                "bad value " + quote_json(*named) + " for --format: write one of " + list_of_formats());
  }
  return is_stream(target) ? Format::wav : format_of_name(target);
}

Result<SayRequest> read_flags(const Arguments& arguments) {
  SayRequest request;
  request.json = arguments.has("json");
  request.speech.voice_id = arguments.value("voice").value_or("");
  request.speech.language = arguments.value("language").value_or("");
  const auto speed = parse_number(arguments, "speed", request.speech.speed);
  if (!speed) return std::unexpected(speed.error());
  const auto volume = parse_number(arguments, "volume", request.speech.volume_db);
  if (!volume) return std::unexpected(volume.error());
  const auto silence = parse_number(arguments, "sentence-silence", request.speech.sentence_silence_s);
  if (!silence) return std::unexpected(silence.error());
  request.speech.speed = *speed;
  request.speech.volume_db = *volume;
  request.speech.sentence_silence_s = *silence;
  if (auto read = read_integer(arguments, "bitrate", request.output.bitrate); !read)
    return std::unexpected(read.error());
  if (auto read = read_integer(arguments, "sample-rate", request.output.sample_rate); !read)
    return std::unexpected(read.error());
  if (auto read = read_integer(arguments, "channels", request.output.channels); !read)
    return std::unexpected(read.error());
  auto target = choose_target(arguments);
  if (!target) return std::unexpected(target.error());
  request.target = std::move(*target);
  const auto format = choose_format(arguments, request.target);
  if (!format) return std::unexpected(format.error());
  request.output.format = *format;
  return request;
}

}  // namespace

Result<Format> format_of_name(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  for (const auto& traits : all_formats()) {
    if (extension.size() == traits.extension.size() + 1 &&
        std::ranges::equal(std::string_view(extension).substr(1), traits.extension,
                           [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; }))
      return traits.format;
  }
  return fail(ErrorCode::invalid, "the name " + quote_json(path) +
                                      " does not tell the format: add --format with one of " + list_of_formats());
}

std::string explain_fields(const std::vector<FieldError>& errors) {
  std::string out;
  for (const auto& error : errors) {
    std::string_view name = error.pointer;
    for (const auto& known : flags_of_pointers) {
      if (known.pointer == error.pointer) name = known.flag;
    }
    out += (out.empty() ? "" : "; ") + std::string(name) + (name.empty() ? "" : " ") + error.detail;
    std::string suggestions;
    for (const auto& one : error.suggestions) suggestions += (suggestions.empty() ? ": " : ", ") + one;
    out += suggestions;
  }
  return out;
}

std::expected<SayRequest, Failure> read_say_request(const Arguments& arguments, const Config& config) {
  auto request = read_flags(arguments);
  if (!request) return called_wrongly(request.error().message);
  auto text = read_text(arguments, config);
  if (!text) return std::unexpected(Failure{text.error().code == ErrorCode::invalid ? 2 : 1, text.error().message});
  request->speech.text = std::move(*text);
  std::vector<FieldError> errors;
  check_speech(request->speech, {.max_text_characters = config.max_text}, errors);
  check_output(request->output, errors);
  if (!errors.empty()) return called_wrongly(explain_fields(errors));
  return std::move(*request);
}

}  // namespace soundbite
