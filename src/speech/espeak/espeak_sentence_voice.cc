#include "speech/espeak/espeak_sentence_voice.h"

#include <algorithm>

#include "speech/text/clauses.h"

namespace soundbite {

namespace {

// A sentence is one piece: espeak-ng makes 20 s in 20 ms.
class EspeakSentenceVoice final : public SentenceVoice {
 public:
  EspeakSentenceVoice(std::shared_ptr<Espeak> espeak, std::string code, double speed)
      : espeak_(std::move(espeak)), code_(std::move(code)), speed_(speed) {}

  int sample_rate() const override { return espeak_->sample_rate(); }

  Result<void> begin(const std::string& sentence, std::stop_token) override {
    // Of marks alone espeak-ng would read the names.
    sentence_ = split_clauses(sentence).empty() ? std::string() : sentence;
    return {};
  }

  Result<std::optional<SpokenPiece>> next(std::stop_token stop) override {
    if (sentence_.empty()) return std::optional<SpokenPiece>();
    auto samples = espeak_->speak(code_, sentence_, speed_, std::move(stop));
    sentence_.clear();
    if (!samples) return std::unexpected(std::move(samples.error()));
    if (std::ranges::all_of(*samples, [](float sample) { return sample == 0; })) return std::optional<SpokenPiece>();
    return SpokenPiece{.samples = std::move(*samples), .done = 1, .begins = true, .ends = true};
  }

 private:
  std::shared_ptr<Espeak> espeak_;
  std::string code_;
  double speed_;
  std::string sentence_;
};

}  // namespace

std::unique_ptr<SentenceVoice> make_espeak_sentence_voice(std::shared_ptr<Espeak> espeak, std::string code,
                                                          double speed) {
  return std::make_unique<EspeakSentenceVoice>(std::move(espeak), std::move(code), speed);
}

}  // namespace soundbite
