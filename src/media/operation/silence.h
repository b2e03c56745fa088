// Silence found and shortened, to the sample.
#pragma once

#include <optional>

#include "job/recipe.h"
#include "media/block.h"
#include "media/held_audio.h"

namespace soundbite::media {

// Where the audio is louder than the threshold: the first such frame, and the one behind the last.
class LoudSpan {
 public:
  explicit LoudSpan(double threshold_db);
  void push(const AudioBlock& block);

  struct Span {
    std::uint64_t first;
    std::uint64_t last;
  };
  std::optional<Span> span() const { return span_; }
  std::uint64_t frames() const { return position_; }

 private:
  float threshold_;
  std::uint64_t position_ = 0;
  std::optional<Span> span_;
};

// What to keep so that silence of the minimum or longer at either end is shortened to what is to be kept of it. Silence
// alone is one stretch.
LoudSpan::Span keep_of(const LoudSpan& found, const operation::Silence& silence, int sample_rate);

// Shortens every silent stretch of the minimum or longer, wherever it is: at the ends to what is to be kept, between
// sounds to half of that behind the one and half before the other. Holds at most one minimum and one keep of audio.
class SilenceRemover : public Processor {
 public:
  // `room` outlives it.
  SilenceRemover(AudioFormat format, const operation::Silence& silence, SpoolRoom& room);

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink& out) override;

 private:
  Result<void> silent(const AudioBlock& block, const BlockSink& out);
  Result<void> sound(const AudioBlock& block, const BlockSink& out);
  Result<void> end_run(const BlockSink& out);

  AudioFormat format_;
  float threshold_;
  std::uint64_t minimum_, keep_;
  bool heard_ = false;     // a sound came
  std::uint64_t run_ = 0;  // length of the silence that is going on
  HeldAudio head_;         // its start, as much as may be handed on at its end
  HeldAudio tail_;         // its newest part, behind the head
};

}  // namespace soundbite::media
