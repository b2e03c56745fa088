#include "speech/piper/piper_sentence_voice.h"

#include <algorithm>

#include "speech/piper/phonemes.h"

namespace soundbite {

namespace {

constexpr std::int64_t first_chunk = 43;     // frames: half a second at 22,050 Hz
constexpr std::int64_t largest_chunk = 344;  // four seconds; 30 MB in the decoder

// Memory follows the frames of one utterance: about 18 phonemes a second, so 20 s at normal speed and 40 s at the
// slowest (15 kB a frame). A model that runs whole takes ten times as much.
constexpr double longest_utterance = 350;  // phonemes
constexpr double longest_whole = 120;
constexpr double slowest_unbounded = 0.5;  // below this speed utterances get shorter instead of taking more memory

class PiperSentenceVoice final : public SentenceVoice {
 public:
  PiperSentenceVoice(PiperSpeaker speaker, std::shared_ptr<Espeak> espeak, RunGate& gate, FirstAudio first_audio,
                     prometheus::Counter& unknown)
      : voice_(std::move(speaker)),
        espeak_(std::move(espeak)),
        gate_(gate),
        unknown_(unknown),
        start_small_(first_audio == FirstAudio::early) {}

  int sample_rate() const override { return voice_.config->sample_rate; }

  Result<void> begin(const std::string& sentence, std::stop_token) override {
    utterances_.clear();
    next_utterance_ = 0;
    latents_.reset();
    auto phonemes = phonemize(*espeak_, voice_.config->espeak_voice, sentence);
    if (!phonemes) return std::unexpected(std::move(phonemes.error()));
    for (const auto& piece : cut_phonemes(*phonemes, longest())) {
      PhonemeIds ids = to_ids(piece, voice_.config->phonemes);
      if (ids.unknown > 0) unknown_.Increment(static_cast<double>(ids.unknown));
      if (ids.spoken > 0) utterances_.push_back(std::move(ids.ids));
    }
    return {};
  }

  Result<std::optional<SpokenPiece>> next(std::stop_token stop) override {
    if (!latents_ && next_utterance_ == utterances_.size()) return std::optional<SpokenPiece>();
    const auto pass = gate_.enter(stop);
    if (!pass) return std::unexpected(pass.error());
    if (!voice_.model->decoder()) return speak_whole(std::move(stop));
    if (!latents_)
      if (auto encoded = encode(stop); !encoded) return std::unexpected(std::move(encoded.error()));
    if (chunks_.empty()) {  // the model gave this utterance no frames
      latents_.reset();
      return SpokenPiece{.samples = {}, .done = done(1)};
    }
    return decode_chunk(std::move(stop));
  }

 private:
  std::size_t longest() const {
    const double slow = std::min(1.0, std::max(voice_.speed, 0.0) / slowest_unbounded);
    return static_cast<std::size_t>((voice_.model->decoder() ? longest_utterance : longest_whole) * slow);
  }

  VitsInput take_utterance() {
    const PiperConfig& config = *voice_.config;
    return {.ids = std::move(utterances_[next_utterance_++]),
            .noise_scale = config.noise_scale,
            .length_scale = config.length_scale / static_cast<float>(voice_.speed),
            .noise_w = config.noise_w,
            .speaker = voice_.speaker};
  }

  // Of the sentence, when `part` of the utterance taken last is done.
  double done(double part) const {
    return (static_cast<double>(next_utterance_) - 1 + part) / static_cast<double>(utterances_.size());
  }

  Result<void> encode(std::stop_token stop) {
    auto latents = voice_.model->encode(take_utterance(), std::move(stop));
    if (!latents) return std::unexpected(std::move(latents.error()));
    latents_ = std::move(*latents);
    chunks_ = plan_chunks(latents_->frames.count, start_small_);
    chunk_ = 0;
    start_small_ = false;
    return {};
  }

  Result<std::optional<SpokenPiece>> decode_chunk(std::stop_token stop) {
    const FrameRange range{chunk_ == 0 ? 0 : chunks_[chunk_ - 1], chunks_[chunk_]};
    auto samples = voice_.model->decoder()->decode(latents_->frames, range, voice_.speaker, std::move(stop));
    if (!samples) return std::unexpected(std::move(samples.error()));
    const bool last = ++chunk_ == chunks_.size();
    SpokenPiece piece{.samples = std::move(*samples),
                      .done = done(static_cast<double>(range.end) / static_cast<double>(chunks_.back())),
                      .begins = range.begin == 0,
                      .ends = last};
    if (last) latents_.reset();
    return piece;
  }

  Result<std::optional<SpokenPiece>> speak_whole(std::stop_token stop) {
    auto samples = voice_.model->speak_whole(take_utterance(), std::move(stop));
    if (!samples) return std::unexpected(std::move(samples.error()));
    return SpokenPiece{.samples = std::move(*samples), .done = done(1), .begins = true, .ends = true};
  }

  const PiperSpeaker voice_;
  const std::shared_ptr<Espeak> espeak_;
  RunGate& gate_;
  prometheus::Counter& unknown_;

  std::vector<std::vector<std::int64_t>> utterances_;  // phoneme ids
  std::size_t next_utterance_ = 0;
  std::optional<Latents> latents_;  // of the utterance being decoded
  std::vector<std::int64_t> chunks_;
  std::size_t chunk_ = 0;
  bool start_small_;  // nothing has been said yet, and someone listens
};

}  // namespace

std::vector<std::int64_t> plan_chunks(std::int64_t frames, bool start_small) {
  std::vector<std::int64_t> ends;
  std::int64_t at = 0;
  for (std::int64_t size = start_small ? first_chunk : largest_chunk; size < largest_chunk; size *= 2) {
    if (frames - at <= size + size / 2) break;  // what would be left is not worth its margins
    ends.push_back(at += size);
  }
  const std::int64_t rest = frames - at;
  const std::int64_t parts = (rest + largest_chunk - 1) / largest_chunk;
  for (std::int64_t part = 1; part <= parts; ++part) ends.push_back(at + rest * part / parts);
  return ends;
}

std::unique_ptr<SentenceVoice> make_piper_sentence_voice(PiperSpeaker speaker, std::shared_ptr<Espeak> espeak,
                                                         RunGate& gate, FirstAudio first_audio,
                                                         prometheus::Counter& unknown_phonemes) {
  return std::make_unique<PiperSentenceVoice>(std::move(speaker), std::move(espeak), gate, first_audio,
                                              unknown_phonemes);
}

}  // namespace soundbite
