#include "job/spec_check.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "job/json_reader.h"

namespace soundbite {

namespace {

// White space of Unicode and what takes no room at all, as UTF-8; a text of nothing else has nothing to speak.
constexpr std::array<std::string_view, 33> unseen = {" ",
                                                     "\t",
                                                     "\r",
                                                     "\n",
                                                     "\f",
                                                     "\v",
                                                     "\xc2\x85",
                                                     "\xc2\xa0",
                                                     "\xc2\xad",
                                                     "\xe1\x9a\x80",
                                                     "\xe2\x80\x80",
                                                     "\xe2\x80\x81",
                                                     "\xe2\x80\x82",
                                                     "\xe2\x80\x83",
                                                     "\xe2\x80\x84",
                                                     "\xe2\x80\x85",
                                                     "\xe2\x80\x86",
                                                     "\xe2\x80\x87",
                                                     "\xe2\x80\x88",
                                                     "\xe2\x80\x89",
                                                     "\xe2\x80\x8a",
                                                     "\xe2\x80\x8b",
                                                     "\xe2\x80\x8c",
                                                     "\xe2\x80\x8d",
                                                     "\xe2\x80\x8e",
                                                     "\xe2\x80\x8f",
                                                     "\xe2\x80\xa8",
                                                     "\xe2\x80\xa9",
                                                     "\xe2\x80\xaf",
                                                     "\xe2\x81\x9f",
                                                     "\xe2\x81\xa0",
                                                     "\xe3\x80\x80",
                                                     "\xef\xbb\xbf"};

bool blank(std::string_view text) {
  while (!text.empty()) {
    const auto found = std::ranges::find_if(unseen, [text](std::string_view one) { return text.starts_with(one); });
    if (found == unseen.end()) return false;
    text.remove_prefix(found->size());
  }
  return true;
}

bool language_tag(std::string_view tag) {
  std::size_t part = 0;
  bool first = true;
  for (const char c : tag) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (c == '-') {
      if (part == 0 || (first && part < 2)) return false;
      part = 0;
      first = false;
    } else if (letter || (digit && !first)) {
      if (++part > 8) return false;
    } else {
      return false;
    }
  }
  return part > 0 && !(first && part < 2);
}

void check_choice(std::string pointer, std::string_view what, std::optional<int> asked, std::span<const int> allowed,
                  int low, int high, std::string_view format, std::vector<FieldError>& errors) {
  if (!asked) return;
  const bool fits =
      allowed.empty() ? *asked >= low && *asked <= high : std::ranges::find(allowed, *asked) != allowed.end();
  if (fits) return;
  std::vector<std::string> choices;
  for (const int choice : allowed) choices.push_back(std::to_string(choice));
  std::string detail = std::string(format) + " allows ";
  detail += allowed.empty() ? std::string(what) + " from " + std::to_string(low) + " to " + std::to_string(high)
                            : "these " + std::string(what);
  errors.push_back({std::move(pointer), "out_of_range", std::move(detail), std::move(choices)});
}

// Every bitrate that one of these numbers of channels may have, at the rate when it is fixed. The ranges of one and two
// channels overlap in every format, so they join into one.
BitrateChoice bitrates_for(const FormatTraits& traits, std::optional<int> rate, int fewest, int most) {
  const auto of = [&](int channels) {
    return rate ? bitrates_at(*band_at(traits, *rate), channels) : all_bitrates(traits, channels);
  };
  BitrateChoice choice = of(fewest);
  choice.range.high = of(most).range.high;
  return choice;
}

void check(const OutputSpec& output, int fewest_channels, int most_channels, std::vector<FieldError>& errors) {
  const FormatTraits& traits = traits_of(output.format);
  check_choice("/output/sampleRate", "sample rates (Hz)", output.sample_rate, traits.sample_rates, traits.min_rate,
               traits.max_rate, traits.name, errors);
  if (output.channels) {
    check_range("/output/channels", *output.channels, 1, max_asked_channels, errors);
    fewest_channels = most_channels = *output.channels;
  }
  if (!output.bitrate) return;
  if (traits.bands.empty()) {
    errors.push_back(
        {"/output/bitrate", "not_applicable", std::string(traits.name) + " has no bitrate; remove it", {}});
    return;
  }
  fewest_channels = std::clamp(fewest_channels, 1, traits.max_channels);
  most_channels = std::clamp(most_channels, 1, traits.max_channels);
  std::optional<int> rate;
  if (output.sample_rate && allows_rate(traits, *output.sample_rate)) rate = output.sample_rate;
  const BitrateChoice choice = bitrates_for(traits, rate, fewest_channels, most_channels);
  std::string what = "bitrates (bits per second)";
  if (fewest_channels == most_channels) what += fewest_channels == 1 ? " for one channel" : " for two channels";
  if (rate) what += " at " + std::to_string(*rate) + " Hz";
  check_choice("/output/bitrate", what, output.bitrate, choice.values, choice.range.low, choice.range.high, traits.name,
               errors);
}

}  // namespace

void check_speech(const SpeechRequest& speech, const SpecLimits& limits, std::vector<FieldError>& errors) {
  const auto text_error = [&](std::string code, std::string detail) {
    errors.push_back({"/text", std::move(code), std::move(detail), {}});
  };
  if (const auto at = find_invalid_utf8(speech.text)) {
    text_error("invalid_utf8", "is not UTF-8 from byte " + std::to_string(*at) + " on");
  } else if (blank(speech.text)) {
    text_error("blank", "has nothing to speak; give at least one word");
  } else if (speech.text.find('\0') != std::string::npos) {
    text_error("invalid_character", "has the character U+0000; remove it");
  } else if (const auto n = count_code_points(speech.text); n > limits.max_text_characters) {
    text_error("too_long", "has " + std::to_string(n) + " characters; the limit is " +
                               std::to_string(limits.max_text_characters) + ": split it into several requests");
  }
  if (!speech.language.empty() && !language_tag(speech.language)) {
    errors.push_back({"/language", "invalid_language", "must be a language tag such as en-US", {}});
  }
  check_range("/speed", speech.speed, 0.25, 4, errors);
  check_range("/volume", speech.volume_db, -24, 24, errors);
  check_range("/sentenceSilence", speech.sentence_silence_s, 0, 5, errors);
}

void check_output(const OutputSpec& output, std::vector<FieldError>& errors, int source_channels) {
  check(output, source_channels, source_channels, errors);
}

void check_output_of_recording(const OutputSpec& output, std::vector<FieldError>& errors) {
  check(output, 1, max_asked_channels, errors);
}

}  // namespace soundbite
