// A folder with tiny Piper voices in it, gone with the object: for tests.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "onnx/testing/tiny_voice.h"

namespace soundbite {

// Knows every phoneme of "en-us" that its 32 symbols have room for.
inline std::string tiny_config(bool several_speakers = false) {
  std::string map = R"("_": [0], "^": [1], "$": [2], " ": [3], ".": [4], ",": [5])";
  int id = 6;
  for (const char* phoneme :
       {"a", "b", "d", "e", "f", "h", "i", "k", "l", "m", "n", "o", "p", "s", "t", "u", "w", "z", "ə", "ɪ", "ʊ", "ɹ"})
    map += ", \"" + std::string(phoneme) + "\": [" + std::to_string(id++) + "]";
  const char* speakers =
      several_speakers ? R"("num_speakers": 3, "speaker_id_map": {"anna": 0, "bert": 1, "cleo": 2},)" : "";
  return R"({"audio": {"sample_rate": 16000}, "espeak": {"voice": "en-us"}, )" + std::string(speakers) +
         R"("phoneme_id_map": {)" + map + "}}";
}

class VoicesFolder {
 public:
  VoicesFolder() {
    std::string name = std::filesystem::temp_directory_path() / "voices-XXXXXX";
    if (!mkdtemp(name.data())) throw std::runtime_error("no folder for the test");
    path_ = name;
  }
  ~VoicesFolder() { std::filesystem::remove_all(path_); }
  VoicesFolder(const VoicesFolder&) = delete;
  VoicesFolder& operator=(const VoicesFolder&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << bytes;
  }
  void add(const std::string& stem, const TinyVoice& voice = {}) const {
    write(stem + ".onnx", make_tiny_voice(voice));
    write(stem + ".onnx.json", tiny_config(voice.several_speakers));
  }
  void remove(const std::string& name) const { std::filesystem::remove(path_ + "/" + name); }

 private:
  std::string path_;
};

}  // namespace soundbite
