#include "media/source.h"

#include <utility>
#include <vector>

#include "media/numbers.h"
#include "media/pcm.h"
#include "media/refusal.h"

namespace soundbite::media {
namespace {

constexpr std::size_t pcm_block = 4'096;

SampleDepth depth_of(const Recording& recording) {
  if (recording.is_float()) return SampleDepth::float32;
  const int bits = recording.facts().bit_depth;
  if (bits > 24) return SampleDepth::bits32;
  return bits > 16 ? SampleDepth::bits24 : SampleDepth::bits16;
}

}  // namespace

Result<Source> Source::open(const MediaTask& task, const ProcessDescriptors& descriptors, Progress& progress) {
  Source source(task, descriptors, progress);
  if (task.pcm_rate) {
    source.format_ = {*task.pcm_rate, 1};
  } else {
    auto recording = Recording::open(descriptors.inputs.at(0), task.inputs.at(0), task.limits);
    if (!recording) return std::unexpected(std::move(recording.error()));
    source.format_ = recording->format();
    source.depth_ = depth_of(*recording);
    source.attachments_ = recording->attachments();
    source.opened_ = std::make_unique<Recording>(std::move(*recording));
    if (task.analyse) source.analyzer_.emplace(source.format_);
    if (task.draw_waveform) source.waveform_.emplace(source.format_);
  }
  if (task.tap_speech) {
    auto tap = SpeechTap::open(source.format_, descriptors.speech);
    if (!tap) return std::unexpected(std::move(tap.error()));
    source.tap_.emplace(std::move(*tap));
  }
  return source;
}

Playable Source::playable() {
  return {
      .format = format_, .play = [this](const BlockSink& out) { return play(out); }, .repeatable = !task_->pcm_rate};
}

Result<void> Source::play(const BlockSink& out) { return task_->pcm_rate ? play_pcm(out) : play_recording(out); }

Result<void> Source::play_recording(const BlockSink& out) {
  if (!opened_) {
    auto again = Recording::open(descriptors_->inputs[0], task_->inputs[0], task_->limits, FirstLook::decodes);
    if (!again) return std::unexpected(std::move(again.error()));
    opened_ = std::make_unique<Recording>(std::move(*again));
  }
  const auto recording = std::exchange(opened_, nullptr);
  const BlockSink listened = [&](const AudioBlock& block) -> Result<void> {
    if (auto done = listen(block); !done) return done;
    return out(block);
  };
  for (;;) {
    auto more = recording->next(first_ ? listened : out);
    if (!more) return std::unexpected(std::move(more.error()));
    if (!*more) break;
    progress_->report(recording->done());
  }
  return std::exchange(first_, false) ? end_of_first(recording->facts()) : Result<void>{};
}

Result<void> Source::play_pcm(const BlockSink& out) {
  PcmReader reader(descriptors_->pcm);
  std::vector<float> samples(pcm_block);
  const float* plane = samples.data();
  for (;;) {
    auto count = reader(samples);
    if (!count) return std::unexpected(std::move(count.error()));
    if (*count == 0) break;
    const AudioBlock block{.channels = {&plane, 1}, .frames = *count};
    if (auto done = listen(block); !done) return done;
    if (auto done = out(block); !done) return done;
    progress_->report(0);  // nobody knows how much will come
  }
  first_ = false;
  return tap_ ? tap_->finish() : Result<void>{};
}

Result<void> Source::listen(const AudioBlock& block) {
  if (analyzer_) analyzer_->push(block);
  if (waveform_) waveform_->push(block);
  return tap_ ? tap_->push(block) : Result<void>{};
}

Result<void> Source::end_of_first(const SourceFacts& facts) {
  if (tap_) {
    if (auto done = tap_->finish(); !done) return done;
  }
  if (facts.decoded_s < task_->limits.min_seconds) {
    return refuse(task_->inputs[0].pointer, "too_short",
                  "the file has " + shortest(facts.decoded_s) + " seconds of audio; send at least " +
                      shortest(task_->limits.min_seconds));
  }
  if (analyzer_) analysis_ = analyzer_->finish(facts);
  if (waveform_) waveform_->finish();
  return {};
}

std::string Source::take_analysis() { return std::move(analysis_); }

}  // namespace soundbite::media
