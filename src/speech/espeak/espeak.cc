#include "speech/espeak/espeak.h"

#include <espeak-ng/speak_lib.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <map>
#include <mutex>

namespace soundbite {

namespace {

constexpr int ipa = 0x02;          // phoneme mode: IPA, no separators
constexpr int buffer_ms = 50;      // one call of the callback; so soon a stop is seen
constexpr int most_clauses = 500;  // of one text; espeak-ng takes 300 words at least in each

// Words per minute for speed 1–4 and down to 0.457; below that espeak-ng stands still, and pauses between words
// stretch.
struct Pace {
  int words_per_minute;
  int word_gap;
};

Pace pace_for(double speed) {
  const double wanted = speed * espeakRATE_NORMAL;
  if (wanted >= espeakRATE_MINIMUM) return {static_cast<int>(std::lround(wanted)), 0};
  // At the slowest rate a unit of gap lasts 34 ms (measured), and a word with no gap 0.6 s.
  constexpr double gap_s = 0.034;
  constexpr double word_s = 0.6;
  const double missing = word_s * (espeakRATE_MINIMUM / wanted - 1);
  return {espeakRATE_MINIMUM, static_cast<int>(std::lround(missing / gap_s))};
}

struct Recording {
  std::vector<float> samples;
  std::stop_token stop;
};

int record(short* samples, int count, espeak_EVENT* events) {
  auto* recording = events ? static_cast<Recording*>(events->user_data) : nullptr;
  if (!recording) return 0;
  if (recording->stop.stop_requested()) return 1;
  if (samples && count > 0) {
    const std::size_t before = recording->samples.size();
    recording->samples.resize(before + static_cast<std::size_t>(count));
    std::transform(samples, samples + count, recording->samples.begin() + static_cast<std::ptrdiff_t>(before),
                   [](short sample) { return static_cast<float>(sample) / 32768.0f; });
  }
  return 0;
}

class Library final : public Espeak {
 public:
  explicit Library(int sample_rate) : sample_rate_(sample_rate) {
    espeak_SetSynthCallback(record);
    // Reading 130 voice files takes 20 ms, 250 from a cold disk: beside the rest of the start.
    listing_ = std::async(std::launch::async, [this] { return list(); }).share();
  }

  const std::vector<EspeakVoice>& voices() override { return listing_.get(); }
  int sample_rate() const override { return sample_rate_; }

  Result<std::vector<std::string>> phonemes(const std::string& voice, std::span<const std::string> clauses) override {
    listing_.wait();  // it takes the mutex too
    const std::scoped_lock lock(mutex_);
    if (auto chosen = choose(voice); !chosen) return std::unexpected(std::move(chosen.error()));
    std::vector<std::string> spoken;
    for (const auto& clause : clauses) spoken.push_back(phonemes_of(clause));
    return spoken;
  }

  Result<std::vector<float>> speak(const std::string& voice, const std::string& sentence, double speed,
                                   std::stop_token stop) override {
    listing_.wait();  // it takes the mutex too
    const std::scoped_lock lock(mutex_);
    if (auto chosen = choose(voice); !chosen) return std::unexpected(std::move(chosen.error()));
    const Pace pace = pace_for(speed);
    espeak_SetParameter(espeakRATE, pace.words_per_minute, 0);
    espeak_SetParameter(espeakWORDGAP, pace.word_gap, 0);
    Recording recording{{}, std::move(stop)};
    constexpr double byte_s = 0.09;  // at normal speed; growing from nothing costs a tenth of the speech
    recording.samples.reserve(
        static_cast<std::size_t>(static_cast<double>(sentence.size()) * byte_s / speed * sample_rate_));
    const auto status =
        espeak_Synth(sentence.c_str(), sentence.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr, &recording);
    if (recording.stop.stop_requested()) return fail(ErrorCode::cancelled, "the speech was stopped");
    if (status != EE_OK) return fail(ErrorCode::internal, "espeak-ng answered " + std::to_string(status));
    return std::move(recording.samples);
  }

 private:
  std::vector<EspeakVoice> list() {
    const std::scoped_lock lock(mutex_);
    std::map<std::string, EspeakVoice> by_code;  // the first of a code is espeak-ng's own choice for it
    for (const espeak_VOICE** voice = espeak_ListVoices(nullptr); *voice; ++voice) {
      // `languages` is a priority byte and a code, more of them after a zero; the first is the voice's own.
      const std::string code = (*voice)->languages + 1;
      const std::string gender = (*voice)->gender == 1 ? "male" : (*voice)->gender == 2 ? "female" : "";
      by_code.emplace(code, EspeakVoice{code, (*voice)->name, gender, (*voice)->identifier});
    }
    std::vector<EspeakVoice> voices;
    voices.reserve(by_code.size());
    for (auto& [code, voice] : by_code) voices.push_back(std::move(voice));
    return voices;
  }

  // Setting a voice reads its files (0.1–0.3 ms), so the same one is not set again.
  Result<void> choose(const std::string& voice) {
    if (voice == chosen_) return {};
    chosen_.clear();
    if (!set(voice)) return fail(ErrorCode::unavailable, "espeak-ng has no voice \"" + voice + "\"");
    chosen_ = voice;
    return {};
  }

  // A listed voice by its file: by their codes espeak-ng 1.51 finds neither fr-fr nor en-gb. Others by name, then by
  // language, as its command does.
  bool set(const std::string& voice) {
    const auto& all = listing_.get();
    const auto listed = std::ranges::lower_bound(all, voice, {}, &EspeakVoice::code);
    if (listed != all.end() && listed->code == voice) return espeak_SetVoiceByName(listed->file.c_str()) == EE_OK;
    if (espeak_SetVoiceByName(voice.c_str()) == EE_OK) return true;
    espeak_VOICE wanted{};
    wanted.languages = voice.c_str();
    return espeak_SetVoiceByProperties(&wanted) == EE_OK;
  }

  // espeak-ng gives one clause of its own at a time and says where it stopped.
  static std::string phonemes_of(const std::string& text) {
    std::string spoken;
    const void* rest = text.c_str();
    for (int i = 0; rest && i < most_clauses; ++i) {
      const char* part = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, ipa);
      if (!part || !*part) continue;
      if (!spoken.empty()) spoken += ' ';
      spoken += part;
    }
    return spoken;
  }

  const int sample_rate_;
  std::mutex mutex_;
  std::string chosen_;
  std::shared_future<std::vector<EspeakVoice>> listing_;
};

// The library's state belongs to the process, so what guards it has to as well. It is never closed: espeak-ng 1.51
// opened a second time lists no voices, and hangs. The end of the process waits for the listing; a thread that still
// speaks then has its own share of the Espeak.
struct Shared {
  std::mutex mutex;
  std::shared_ptr<Espeak> open;
};

Shared& shared() {
  static Shared one;
  return one;
}

}  // namespace

Result<std::shared_ptr<Espeak>> open_espeak() {
  Shared& one = shared();
  const std::scoped_lock lock(one.mutex);
  if (one.open) return one.open;
  const int rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, buffer_ms, nullptr, espeakINITIALIZE_DONT_EXIT);
  const char* folder = nullptr;
  espeak_Info(&folder);
  if (rate <= 0)
    return fail(ErrorCode::unavailable, "espeak-ng cannot start: its data is not in " +
                                            std::string(folder ? folder : "?") +
                                            "; install the package espeak-ng-data");
  one.open = std::make_shared<Library>(rate);
  return one.open;
}

}  // namespace soundbite
