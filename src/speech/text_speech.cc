#include "speech/text_speech.h"

#include <time.h>

#include <chrono>
#include <cmath>

#include "speech/loudness.h"
#include "speech/text/sentences.h"

namespace soundbite {

namespace {

constexpr double edge_s = 0.003;  // long enough that a step is no click, too short to be heard as a fade

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::unexpected<Error> nothing_to_speak() {
  return std::unexpected(Error{ErrorCode::invalid,
                               "the text holds nothing that this voice can speak",
                               {{"/text",
                                 "nothing_to_speak",
                                 "has nothing that this voice can speak; write at least one word in its language",
                                 {}}}});
}

class TextSpeech final : public Speech {
 public:
  TextSpeech(const SpeechRequest& request, const std::string& language, std::unique_ptr<SentenceVoice> voice,
             VoiceMetrics metrics)
      : text_(flatten(request.text)),
        sentences_(split_sentences(text_, language)),
        voice_(std::move(voice)),
        volume_db_(request.volume_db),
        silence_(static_cast<std::size_t>(std::lround(request.sentence_silence_s * voice_->sample_rate()))),
        metrics_(metrics) {}

  int sample_rate() const override { return voice_->sample_rate(); }

  Result<std::optional<PcmChunk>> next(std::stop_token stop) override {
    const double cpu = thread_cpu_seconds();
    auto chunk = next_chunk(std::move(stop));
    metrics_.cpu_seconds.Increment(thread_cpu_seconds() - cpu);
    if (chunk && *chunk) count(**chunk);
    return chunk;
  }

 private:
  Result<std::optional<PcmChunk>> next_chunk(std::stop_token stop) {
    for (;;) {
      if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the speech was stopped");
      if (!speaking_) {
        if (at_ == sentences_.size()) break;
        const TextRange range = sentences_[at_].range;
        if (auto begun = voice_->begin(text_.substr(range.begin, range.end - range.begin), stop); !begun)
          return std::unexpected(std::move(begun.error()));
        speaking_ = true;
      }
      auto piece = voice_->next(stop);
      if (!piece) return std::unexpected(std::move(piece.error()));
      if (*piece && !(*piece)->samples.empty()) return finished(std::move(**piece));
      if (!*piece) end_sentence();
    }
    if (!spoke_) return nothing_to_speak();
    return std::optional<PcmChunk>();
  }

  void end_sentence() {
    silence_due_ = silence_due_ || (spoke_ && sentences_[at_].complete);
    speaking_ = false;
    ++at_;
  }

  Result<std::optional<PcmChunk>> finished(SpokenPiece piece) {
    if (!all_finite(piece.samples)) return fail(ErrorCode::internal, "the voice made samples that are no numbers");
    const auto edge = static_cast<std::size_t>(edge_s * voice_->sample_rate());
    if (piece.begins) {
      level_db_ = leveller_.gain_for(piece.samples, voice_->sample_rate());
      fade_in(piece.samples, edge);
    }
    if (piece.ends) fade_out(piece.samples, edge);
    apply_volume(piece.samples, volume_db_ + level_db_);
    if (silence_due_) piece.samples.insert(piece.samples.begin(), silence_, 0.0f);
    silence_due_ = false;
    spoke_ = true;
    const TextRange range = sentences_[at_].range;
    const double bytes = static_cast<double>(range.begin) + piece.done * static_cast<double>(range.end - range.begin);
    return PcmChunk{std::move(piece.samples), bytes / static_cast<double>(sentences_.back().range.end)};
  }

  void count(const PcmChunk& chunk) {
    metrics_.audio_seconds.Increment(static_cast<double>(chunk.samples.size()) / voice_->sample_rate());
    if (!first_counted_) {
      const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - started_;
      metrics_.first_audio_seconds.Observe(waited.count());
      first_counted_ = true;
    }
  }

  const std::string text_;
  const std::vector<Sentence> sentences_;
  const std::unique_ptr<SentenceVoice> voice_;
  const double volume_db_;
  const std::size_t silence_;  // samples between two sentences
  VoiceMetrics metrics_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  Leveller leveller_;
  double level_db_ = 0;       // of the utterance being spoken
  std::size_t at_ = 0;        // the sentence being spoken, or next
  bool speaking_ = false;     // the voice has taken it up
  bool spoke_ = false;        // something has been heard
  bool silence_due_ = false;  // before the next samples
  bool first_counted_ = false;
};

}  // namespace

std::unique_ptr<Speech> make_text_speech(const SpeechRequest& request, const std::string& language,
                                         std::unique_ptr<SentenceVoice> voice, VoiceMetrics metrics) {
  return std::make_unique<TextSpeech>(request, language, std::move(voice), metrics);
}

}  // namespace soundbite
