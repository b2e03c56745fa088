#include "media/operation/silence.h"

#include <cmath>

#include "media/decibel.h"
#include "media/planar_buffer.h"

namespace soundbite::media {
namespace {

bool is_silent(const AudioBlock& block, std::size_t frame, float threshold) {
  for (const float* channel : block.channels) {
    if (std::abs(channel[frame]) >= threshold) return false;
  }
  return true;
}

}  // namespace

LoudSpan::LoudSpan(double threshold_db) : threshold_(static_cast<float>(from_db(threshold_db))) {}

void LoudSpan::push(const AudioBlock& block) {
  std::size_t first = 0;
  while (first < block.frames && is_silent(block, first, threshold_)) ++first;
  if (first < block.frames) {
    std::size_t last = block.frames;
    while (is_silent(block, last - 1, threshold_)) --last;
    if (!span_) span_ = Span{position_ + first, 0};
    span_->last = position_ + last;
  }
  position_ += block.frames;
}

LoudSpan::Span keep_of(const LoudSpan& found, const operation::Silence& silence, int sample_rate) {
  const std::uint64_t minimum = frames_of(silence.minimum_s, sample_rate);
  const std::uint64_t keep = frames_of(silence.keep_s, sample_rate);
  if (!found.span()) return {0, found.frames() >= minimum ? std::min(found.frames(), keep) : found.frames()};
  LoudSpan::Span kept = *found.span();
  const std::uint64_t before = kept.first;
  const std::uint64_t behind = found.frames() - kept.last;
  kept.first -= before >= minimum ? std::min(before, keep) : before;
  kept.last += behind >= minimum ? std::min(behind, keep) : behind;
  return kept;
}

SilenceRemover::SilenceRemover(AudioFormat format, const operation::Silence& silence, SpoolRoom& room)
    : format_(format),
      threshold_(static_cast<float>(from_db(silence.threshold_db))),
      minimum_(std::max<std::uint64_t>(frames_of(silence.minimum_s, format.sample_rate), 1)),
      keep_(frames_of(silence.keep_s, format.sample_rate)),
      head_(room, format.channels),
      tail_(room, format.channels) {}

Result<void> SilenceRemover::push(const AudioBlock& block, const BlockSink& out) {
  for (std::size_t first = 0; first < block.frames;) {
    const bool quiet = is_silent(block, first, threshold_);
    std::size_t last = first + 1;
    while (last < block.frames && is_silent(block, last, threshold_) == quiet) ++last;
    const Slice part(block, first, last - first);
    if (auto done = quiet ? silent(part.block(), out) : sound(part.block(), out); !done) return done;
    first = last;
  }
  return {};
}

Result<void> SilenceRemover::silent(const AudioBlock& block, const BlockSink&) {
  // As long as the run is short all of it is the head; behind that only as much as may be kept at its end.
  const std::uint64_t head_room = std::max(minimum_, keep_);
  const std::size_t to_head = std::min<std::uint64_t>(block.frames, head_room - std::min(head_room, run_));
  Result<void> done;
  if (to_head > 0) done = head_.append(Slice(block, 0, to_head).block());
  if (done && to_head < block.frames) done = tail_.append(Slice(block, to_head, block.frames - to_head).block());
  if (!done) return done;
  if (tail_.frames() > keep_) tail_.drop(tail_.frames() - keep_);
  run_ += block.frames;
  return {};
}

Result<void> SilenceRemover::sound(const AudioBlock& block, const BlockSink& out) {
  if (auto done = end_run(out); !done) return done;
  heard_ = true;
  return out(block);
}

// A sound follows.
Result<void> SilenceRemover::end_run(const BlockSink& out) {
  if (run_ == 0) return {};
  std::uint64_t front = run_, back = 0;  // how much of the run's two ends goes on
  if (run_ >= minimum_ && run_ > keep_) {
    front = heard_ ? keep_ / 2 : 0;
    back = keep_ - front;
  }
  // Together they hold the run's first and its newest frames.
  auto done = tail_.take(tail_.frames(), [&](const AudioBlock& block) { return head_.append(block); });
  if (done && front > 0) done = head_.take(std::min<std::uint64_t>(front, head_.frames()), out);
  if (done && back > 0) {
    head_.drop(head_.frames() - back);
    done = head_.take(back, out);
  }
  head_.clear();
  run_ = 0;
  return done;
}

Result<void> SilenceRemover::finish(const BlockSink& out) {
  const std::uint64_t kept = run_ >= minimum_ ? std::min(run_, keep_) : run_;
  return head_.take(kept, out);
}

}  // namespace soundbite::media
