// What should become of a recording: operations, applied in the order given. Pure data; recipe_json.h reads and checks
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"

namespace soundbite {

namespace operation {

// Keeps what lies from `start` to `end`, to the sample.
struct Trim {
  double start_s = 0;                // 0 – 86,400
  std::optional<double> end_s = {};  // above start_s; none: to the end
  bool operator==(const Trim&) const = default;
};

// Stretches below the threshold for `minimum` or longer are shortened to `keep`: at both ends (trim), or everywhere
// (remove).
struct Silence {
  enum class Mode { trim, remove };
  Mode mode = Mode::trim;
  double threshold_db = -50;  // dBFS, −90…−10
  double minimum_s = 0.5;     // 0.01–60
  double keep_s = 0.1;        // 0–10
  bool operator==(const Silence&) const = default;
};

struct Gain {
  double db = 0;  // −60…60
  bool operator==(const Gain&) const = default;
};

// One gain for the whole, so that the integrated loudness is the target; a limiter works only where the gain would pass
// the ceiling.
struct Loudness {
  double target_lufs = -16;      // −40…−5
  double true_peak_dbtp = -1.5;  // −20…0
  bool dual_mono = false;        // one channel counts as two of the same: 3.01 dB more
  bool operator==(const Loudness&) const = default;
};

enum class FadeCurve { linear, sine, exponential, logarithmic };

struct Fade {
  double in_s = 0;   // 0–600
  double out_s = 0;  // 0–600
  FadeCurve curve = FadeCurve::linear;
  bool operator==(const Fade&) const = default;
};

struct Tempo {
  double factor = 1;  // 0.5–2; 2: twice as fast, at the same pitch
  bool operator==(const Tempo&) const = default;
};

struct Pitch {
  double semitones = 0;  // −12…12, at the same tempo
  bool operator==(const Pitch&) const = default;
};

struct Denoise {
  double reduction_db = 12;  // 1–40
  bool operator==(const Denoise&) const = default;
};

struct Highpass {
  double hz = 80;  // 10–20,000
  bool operator==(const Highpass&) const = default;
};

struct Lowpass {
  double hz = 12'000;  // 10–20,000
  bool operator==(const Lowpass&) const = default;
};

// The files behind one another, behind what there is.
struct Concat {
  std::vector<FileId> files;  // 1–32
  double crossfade_s = 0;     // 0–10
  bool operator==(const Concat&) const = default;
};

// A bed under what there is; it ends with it.
struct Mix {
  FileId bed;
  double gain_db = -12;   // of the bed, −60…12
  double ducking_db = 0;  // the bed is lowered by so much where there is speech above it; 0–40
  bool operator==(const Mix&) const = default;
};

struct Channels {
  int count = 1;  // 1: all are mixed; 2: one is doubled, more are mixed
  bool operator==(const Channels&) const = default;
};

}  // namespace operation

using Operation =
    std::variant<operation::Trim, operation::Silence, operation::Gain, operation::Loudness, operation::Fade,
                 operation::Tempo, operation::Pitch, operation::Denoise, operation::Highpass, operation::Lowpass,
                 operation::Concat, operation::Mix, operation::Channels>;

using Recipe = std::vector<Operation>;  // at most 32

inline constexpr std::size_t max_operations = 32;
inline constexpr std::size_t max_concat_files = 32;
// That one recipe names in all, one named twice counted twice: each is a descriptor of its own for who works on it.
inline constexpr std::size_t max_recipe_files = 200;

// Every operation's name, in the order of the variant.
std::span<const std::string_view> operation_names();

// "trim", as in a request.
std::string_view name_of(const Operation& operation);

// Every file that the recipe names, in the order it names them; one named twice comes twice.
std::vector<FileId> files_of(const Recipe& recipe);
// Where in the request each of them stands: "/process/2/fileIds/0".
std::vector<std::string> pointers_of_files(const Recipe& recipe);

}  // namespace soundbite
