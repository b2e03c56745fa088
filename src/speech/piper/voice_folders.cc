#include "speech/piper/voice_folders.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "onnx/skim.h"

namespace soundbite {

namespace {

constexpr std::chrono::milliseconds look_interval{500};
constexpr std::size_t max_config_bytes = 4 << 20;
constexpr std::string_view model_ending = ".onnx";
constexpr std::string_view config_ending = ".onnx.json";

// Not there, or not a regular file (a pipe would block who opens it): a stamp that does not exist.
FileStamp stamp_of(const std::string& path) {
  struct stat about{};
  if (stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
  return {about.st_ino, static_cast<std::uint64_t>(about.st_size),
          std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec};
}

bool is_usable_stem(std::string_view stem) {
  const auto control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; };
  return !stem.empty() && stem.front() != '.' && !find_invalid_utf8(stem) && std::ranges::none_of(stem, control);
}

// "joe" of "joe.onnx" and of "joe.onnx.json", else empty.
std::string_view stem_of(std::string_view file) {
  for (const auto ending : {config_ending, model_ending})
    if (file.ends_with(ending)) return file.substr(0, file.size() - ending.size());
  return {};
}

PiperVoice broken_voice(const std::string& stem, std::string why) {
  PiperVoice voice;
  voice.voice.id = voice.voice.name = stem;
  voice.voice.engine = "piper";
  voice.voice.broken = std::move(why);
  return voice;
}

Result<PiperConfig> read_config(const std::string& stem, const std::string& path) {
  const std::string file = stem + std::string(config_ending);
  const auto text = read_file(path, max_config_bytes);
  if (!text) return fail(ErrorCode::invalid, file + " cannot be read: " + text.error().message);
  auto config = parse_piper_config(*text);
  if (!config) return fail(ErrorCode::invalid, file + ": " + config.error().message);
  return config;
}

Result<void> check_model(const std::string& stem, const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const auto complete = file ? skim_model(file) : Result<void>(std::unexpected(error_from_errno(errno, "open")));
  if (complete) return {};
  return fail(ErrorCode::invalid, stem + std::string(model_ending) + ": " + complete.error().message);
}

std::string display_name(const PiperConfig& config, const std::string& stem) {
  return config.name.empty() ? stem : config.name;
}

// The voices of one pair of files: one, or with several speakers one for each and the stem alone for the first.
PiperVoices read_voices(const std::string& stem, const std::string& folder, FileStamp model, FileStamp config_stamp) {
  const std::string model_path = folder + "/" + stem + std::string(model_ending);
  if (!model.exists()) return {{stem, broken_voice(stem, stem + std::string(model_ending) + " is missing")}};
  if (!config_stamp.exists()) return {{stem, broken_voice(stem, stem + std::string(config_ending) + " is missing")}};
  auto config = read_config(stem, folder + "/" + stem + std::string(config_ending));
  if (!config) return {{stem, broken_voice(stem, config.error().message)}};
  if (auto checked = check_model(stem, model_path); !checked)
    return {{stem, broken_voice(stem, checked.error().message)}};

  PiperVoice one;
  one.config = std::make_shared<const PiperConfig>(std::move(*config));
  one.model_path = model_path;
  one.model_stamp = model;
  one.voice = {.id = stem,
               .name = display_name(*one.config, stem),
               .engine = "piper",
               .languages = {one.config->language},
               .gender = "",
               .sample_rate = one.config->sample_rate,
               .licence = "",
               .features = {"speed", "volume", "sentenceSilence"},
               .broken = ""};
  PiperVoices voices{{stem, one}};
  for (const auto& [speaker, id] : one.config->speakers) {
    PiperVoice other = one;
    other.voice.id = stem + "@" + speaker;
    other.voice.name += ", " + speaker;
    other.speaker = id;
    voices.emplace(other.voice.id, std::move(other));
  }
  return voices;
}

}  // namespace

VoiceFolders::VoiceFolders(std::vector<std::string> folders)
    : folders_(std::move(folders)), voices_(std::make_shared<PiperVoices>()) {}

VoiceFolders::Pairs VoiceFolders::look() const {
  Pairs pairs;
  for (const auto& folder : folders_) {
    std::error_code error;
    Pairs here;
    for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
      const std::string name = file->path().filename().string();
      const std::string stem(stem_of(name));
      if (!is_usable_stem(stem) || here.contains(stem)) continue;
      const std::string base = folder + "/" + stem;
      here[stem] = {folder, stamp_of(base + std::string(model_ending)), stamp_of(base + std::string(config_ending))};
    }
    pairs.merge(here);
  }
  return pairs;
}

std::shared_ptr<const PiperVoices> VoiceFolders::at(SteadyTime now) {
  const std::scoped_lock lock(mutex_);
  if (looked_ != SteadyTime{} && now - looked_ < look_interval) return voices_;
  looked_ = now;
  Pairs pairs = look();
  if (pairs == pairs_) return voices_;
  std::map<std::string, PiperVoices> by_stem;
  auto voices = std::make_shared<PiperVoices>();
  for (const auto& [stem, pair] : pairs) {
    const auto before = pairs_.find(stem);
    const bool same = before != pairs_.end() && before->second == pair;
    auto& found = by_stem[stem];
    found = same ? std::move(by_stem_[stem]) : read_voices(stem, pair.folder, pair.model, pair.config);
    voices->insert(found.begin(), found.end());
  }
  pairs_ = std::move(pairs);
  by_stem_ = std::move(by_stem);
  voices_ = std::move(voices);
  return voices_;
}

}  // namespace soundbite
