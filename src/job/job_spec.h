// What a client asked for: the heavy half of a job, read only by whoever does the work. Pure data.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/id.h"
#include "job/output_format.h"
#include "job/recipe.h"

namespace soundbite {

// Limits of a submission; all configurable.
struct SpecLimits {
  std::size_t max_text_characters = 100'000;  // Unicode code points
  std::size_t max_metadata_pairs = 16;
  std::size_t max_metadata_characters = 256;  // of a key, of a value
};

struct OutputSpec {
  Format format = Format::mp3;
  std::optional<int> bitrate = {};      // bits per second
  std::optional<int> sample_rate = {};  // Hz
  std::optional<int> channels = {};     // 1 or 2
  bool operator==(const OutputSpec&) const = default;
};

struct SpeechRequest {
  std::string text;                 // well-formed UTF-8, not blank
  std::string voice_id;             // empty until the service puts the default in
  std::string language;             // BCP 47; empty: the voice's own
  double speed = 1.0;               // 0.25–4
  double volume_db = 0;             // −24…24
  double sentence_silence_s = 0.2;  // 0–5
  bool operator==(const SpeechRequest&) const = default;
};

enum class SourceType { text, file, url };

struct JobSpec {
  SourceType source = SourceType::text;
  SpeechRequest speech;  // with source text
  FileId file;           // with source file
  std::string url;       // with source url: http or https, as the client sent it; it may hold secrets
  Recipe process;
  bool analysis = false;
  OutputSpec output;
  std::map<std::string, std::string> metadata;
  bool operator==(const JobSpec&) const = default;
};

}  // namespace soundbite
