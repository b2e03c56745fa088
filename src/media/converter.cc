#include "media/converter.h"

#include <algorithm>
#include <array>

namespace soundbite::media {
namespace {

constexpr int block = 8'192;

Error out_of_memory() { return {ErrorCode::unavailable, "out of memory", {}}; }

AVChannelLayout layout_of(int channels) {
  AVChannelLayout layout{};
  av_channel_layout_default(&layout, channels);
  return layout;
}

}  // namespace

Result<Converter> Converter::open(int input_rate, const OutputPlan& plan, AVSampleFormat sample_format) {
  Converter converter;
  converter.plan_ = plan;
  converter.input_rate_ = input_rate;
  converter.format_ = sample_format;
  AVChannelLayout in = layout_of(1);
  AVChannelLayout out = layout_of(plan.channels);
  SwrContext* swr = nullptr;
  int error =
      swr_alloc_set_opts2(&swr, &out, sample_format, plan.sample_rate, &in, AV_SAMPLE_FMT_FLT, input_rate, 0, nullptr);
  converter.swr_.reset(swr);
  if (error < 0) return std::unexpected(error_from_libav(error, "set up the resampler"));
  if (plan.sample_rate != input_rate) av_opt_set(swr, "resampler", "soxr", 0);
  // Each channel gets the whole of the one there is; libav's own choice would be 3 dB less.
  constexpr std::array<double, 2> whole = {1.0, 1.0};
  error = swr_set_matrix(swr, whole.data(), 1);
  if (error >= 0) error = swr_init(swr);
  if (error < 0) return std::unexpected(error_from_libav(error, "set up the resampler"));
  converter.fifo_.reset(av_audio_fifo_alloc(sample_format, plan.channels, block));
  converter.scratch_.reset(av_frame_alloc());
  if (!converter.fifo_ || !converter.scratch_) return std::unexpected(out_of_memory());
  return converter;
}

Result<void> Converter::push(std::span<const float> samples) {
  while (!samples.empty()) {
    const auto now = samples.first(std::min<std::size_t>(samples.size(), block));
    if (auto done = convert(now.data(), static_cast<int>(now.size())); !done) return done;
    taken_in_ += now.size();
    samples = samples.subspan(now.size());
  }
  return {};
}

Result<void> Converter::finish() {
  const auto rate = static_cast<std::uint64_t>(plan_.sample_rate);
  const auto input_rate = static_cast<std::uint64_t>(input_rate_);
  limit_ = std::max<std::uint64_t>((taken_in_ * rate + input_rate / 2) / input_rate, 1);
  for (;;) {
    const std::uint64_t before = made_;
    if (auto done = convert(nullptr, 0); !done) return done;
    if (made_ == before) return pad();
  }
}

Result<void> Converter::convert(const float* samples, int count) {
  const int room = swr_get_out_samples(swr_.get(), count);
  if (room < 0) return std::unexpected(error_from_libav(room, "resample"));
  if (room > scratch_->nb_samples) {
    av_frame_unref(scratch_.get());
    scratch_->format = format_;
    scratch_->ch_layout = layout_of(plan_.channels);
    scratch_->nb_samples = room;
    if (av_frame_get_buffer(scratch_.get(), 0) < 0) return std::unexpected(out_of_memory());
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(samples);
  const int made =
      swr_convert(swr_.get(), scratch_->extended_data, scratch_->nb_samples, samples ? &bytes : nullptr, count);
  if (made < 0) return std::unexpected(error_from_libav(made, "resample"));
  return keep(made);
}

Result<void> Converter::keep(int count) {
  count = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(count), limit_ - made_));
  if (count == 0) return {};
  const int kept = av_audio_fifo_write(fifo_.get(), reinterpret_cast<void**>(scratch_->extended_data), count);
  if (kept < count) return std::unexpected(out_of_memory());
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
  if (!frame) return std::unexpected(out_of_memory());
  frame->format = format_;
  frame->ch_layout = layout_of(plan_.channels);
  frame->sample_rate = plan_.sample_rate;
  frame->nb_samples = count;
  if (count > 0 && av_frame_get_buffer(frame.get(), 0) < 0) return std::unexpected(out_of_memory());
  if (av_audio_fifo_read(fifo_.get(), reinterpret_cast<void**>(frame->extended_data), count) < count) {
    return fail(ErrorCode::internal, "the resampler's store ran dry");
  }
  frame->pts = static_cast<std::int64_t>(handed_out_);
  handed_out_ += static_cast<std::uint64_t>(count);
  return frame;
}

}  // namespace soundbite::media
