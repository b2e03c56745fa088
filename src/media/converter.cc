#include "media/converter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "media/planar.h"
#include "media/refusal.h"
#include "media/swr.h"

namespace soundbite::media {
namespace {

constexpr std::size_t block_frames = 8'192;

}  // namespace

Result<Converter> Converter::open(AudioFormat input, const OutputPlan& plan, AVSampleFormat sample_format) {
  Converter converter;
  converter.plan_ = plan;
  converter.input_ = input;
  converter.format_ = sample_format;
  auto swr = open_swr(input, {plan.sample_rate, plan.channels}, sample_format, ResampleQuality::fine);
  if (!swr) return std::unexpected(std::move(swr.error()));
  converter.swr_ = std::move(*swr);
  converter.fifo_.reset(av_audio_fifo_alloc(sample_format, plan.channels, block_frames));
  converter.scratch_.reset(av_frame_alloc());
  if (!converter.fifo_ || !converter.scratch_) return out_of_memory();
  return converter;
}

Result<void> Converter::push(const AudioBlock& block) {
  std::array<const std::uint8_t*, max_planes> planes{};
  for (std::size_t done = 0; done < block.frames;) {
    const std::size_t now = std::min(block.frames - done, block_frames);
    for (std::size_t c = 0; c < block.channels.size(); ++c) {
      planes[c] = reinterpret_cast<const std::uint8_t*>(block.channels[c] + done);
    }
    if (auto converted = convert(planes.data(), static_cast<int>(now)); !converted) return converted;
    taken_in_ += now;
    done += now;
  }
  return {};
}

Result<void> Converter::finish() {
  const auto rate = static_cast<std::uint64_t>(plan_.sample_rate);
  const auto input_rate = static_cast<std::uint64_t>(input_.sample_rate);
  limit_ = std::max<std::uint64_t>((taken_in_ * rate + input_rate / 2) / input_rate, 1);
  for (;;) {
    const std::uint64_t before = made_;
    if (auto done = convert(nullptr, 0); !done) return done;
    if (made_ == before) return pad();
  }
}

Result<void> Converter::convert(const std::uint8_t** planes, int count) {
  const int room = swr_get_out_samples(swr_.get(), count);
  if (room < 0) return std::unexpected(error_from_libav(room, "resample"));
  if (room > scratch_->nb_samples) {
    av_frame_unref(scratch_.get());
    scratch_->format = format_;
    scratch_->ch_layout = layout_of(plan_.channels);
    scratch_->nb_samples = room;
    if (av_frame_get_buffer(scratch_.get(), 0) < 0) return out_of_memory();
  }
  const int made = swr_convert(swr_.get(), scratch_->extended_data, scratch_->nb_samples, planes, count);
  if (made < 0) return std::unexpected(error_from_libav(made, "resample"));
  return keep(made);
}

Result<void> Converter::keep(int count) {
  count = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(count), limit_ - made_));
  if (count == 0) return {};
  const int kept = av_audio_fifo_write(fifo_.get(), reinterpret_cast<void**>(scratch_->extended_data), count);
  if (kept < count) return out_of_memory();
  made_ += static_cast<std::uint64_t>(count);
  return {};
}

Result<void> Converter::pad() {
  while (made_ < limit_) {
    av_samples_set_silence(scratch_->extended_data, 0, scratch_->nb_samples, plan_.channels, format_);
    if (auto done = keep(scratch_->nb_samples); !done) return done;
  }
  return {};
}

Result<Av<AVFrame>> Converter::take(int count) {
  Av<AVFrame> frame(av_frame_alloc());
  if (!frame) return out_of_memory();
  frame->format = format_;
  frame->ch_layout = layout_of(plan_.channels);
  frame->sample_rate = plan_.sample_rate;
  frame->nb_samples = count;
  if (count > 0 && av_frame_get_buffer(frame.get(), 0) < 0) return out_of_memory();
  if (av_audio_fifo_read(fifo_.get(), reinterpret_cast<void**>(frame->extended_data), count) < count) {
    return fail(ErrorCode::internal, "the resampler's store ran dry");
  }
  frame->pts = static_cast<std::int64_t>(handed_out_);
  handed_out_ += static_cast<std::uint64_t>(count);
  return frame;
}

}  // namespace soundbite::media
