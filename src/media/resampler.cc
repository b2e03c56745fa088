#include "media/resampler.h"

#include <algorithm>
#include <array>

#include "media/planar.h"
#include "media/refusal.h"

namespace soundbite::media {
Result<Resampler> Resampler::open(AudioFormat from, AudioFormat to, ResampleQuality quality) {
  Resampler resampler;
  resampler.from_ = from;
  resampler.to_ = to;
  auto swr = open_swr(from, to, AV_SAMPLE_FMT_FLTP, quality);
  if (!swr) return std::unexpected(swr.error());
  resampler.swr_ = std::move(*swr);
  resampler.scratch_.reset(av_frame_alloc());
  if (!resampler.scratch_) return out_of_memory();
  return resampler;
}

Result<void> Resampler::push(const AudioBlock& block, const BlockSink& out) {
  taken_in_ += block.frames;
  return convert(&block, out);
}

Result<void> Resampler::finish(const BlockSink& out) {
  const auto rate = static_cast<std::uint64_t>(to_.sample_rate);
  const auto input_rate = static_cast<std::uint64_t>(from_.sample_rate);
  limit_ = (taken_in_ * rate + input_rate / 2) / input_rate;
  for (;;) {
    const std::uint64_t before = made_;
    if (auto done = convert(nullptr, out); !done) return done;
    if (made_ == before) return pad(out);
  }
}

Result<void> Resampler::convert(const AudioBlock* block, const BlockSink& out) {
  const int count = block ? static_cast<int>(block->frames) : 0;
  const int room = swr_get_out_samples(swr_.get(), count);
  if (room < 0) return std::unexpected(error_from_libav(room, "resample"));
  if (room > scratch_->nb_samples) {
    av_frame_unref(scratch_.get());
    scratch_->format = AV_SAMPLE_FMT_FLTP;
    scratch_->ch_layout = layout_of(to_.channels);
    scratch_->nb_samples = room;
    if (av_frame_get_buffer(scratch_.get(), 0) < 0) return out_of_memory();
  }
  std::array<const std::uint8_t*, max_planes> in{};
  if (block) {
    for (std::size_t c = 0; c < block->channels.size(); ++c) {
      in[c] = reinterpret_cast<const std::uint8_t*>(block->channels[c]);
    }
  }
  int made = swr_convert(swr_.get(), scratch_->extended_data, scratch_->nb_samples, block ? in.data() : nullptr, count);
  if (made < 0) return std::unexpected(error_from_libav(made, "resample"));
  made = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(made), limit_ - made_));
  if (made == 0) return {};
  made_ += static_cast<std::uint64_t>(made);
  return hand_on(made, out);
}

// A resampler may stop a frame early.
Result<void> Resampler::pad(const BlockSink& out) {
  while (made_ < limit_ && scratch_->nb_samples > 0) {
    av_samples_set_silence(scratch_->extended_data, 0, scratch_->nb_samples, to_.channels, AV_SAMPLE_FMT_FLTP);
    const auto count = std::min<std::uint64_t>(static_cast<std::uint64_t>(scratch_->nb_samples), limit_ - made_);
    made_ += count;
    if (auto done = hand_on(static_cast<int>(count), out); !done) return done;
  }
  return {};
}

Result<void> Resampler::hand_on(int count, const BlockSink& out) const {
  std::array<const float*, max_planes> planes{};
  for (std::size_t c = 0; c < static_cast<std::size_t>(to_.channels); ++c) {
    planes[c] = reinterpret_cast<const float*>(scratch_->extended_data[c]);
  }
  return out(
      {.channels = {planes.data(), static_cast<std::size_t>(to_.channels)}, .frames = static_cast<std::size_t>(count)});
}

}  // namespace soundbite::media
