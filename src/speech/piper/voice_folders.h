// The Piper voices that lie in the voices folders, watched by looking: files come, go and change while we run.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "port/speech_engine.h"
#include "speech/piper/piper_config.h"

namespace soundbite {

// Changes whenever a file is replaced or written.
struct FileStamp {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileStamp&) const = default;
  bool exists() const { return inode != 0; }
};

struct PiperVoice {
  Voice voice;
  std::string model_path;
  FileStamp model_stamp;
  std::shared_ptr<const PiperConfig> config;  // null when broken
  std::int64_t speaker = 0;
};

// By voice id: the stem, and stem@speaker where a voice has several.
using PiperVoices = std::map<std::string, PiperVoice>;

// Thread-safe. Never opens a model further than its length fields.
class VoiceFolders {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // The first folder that has a stem wins; a folder that is not there holds nothing.
  explicit VoiceFolders(std::vector<std::string> folders);

  // What there is now. Looks at the folders when the last look is older than 0.5 s, and reads only what changed.
  std::shared_ptr<const PiperVoices> at(SteadyTime now);

 private:
  // The two files of one voice.
  struct Pair {
    std::string folder;
    FileStamp model;
    FileStamp config;
    bool operator==(const Pair&) const = default;
  };
  using Pairs = std::map<std::string, Pair>;  // by stem

  Pairs look() const;

  const std::vector<std::string> folders_;
  std::mutex mutex_;
  SteadyTime looked_{};
  Pairs pairs_;
  std::map<std::string, PiperVoices> by_stem_;
  std::shared_ptr<const PiperVoices> voices_;
};

}  // namespace soundbite
