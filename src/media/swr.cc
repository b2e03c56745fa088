#include "media/swr.h"

#include "media/channel_matrix.h"

namespace soundbite::media {

AVChannelLayout layout_of(int channels) {
  AVChannelLayout layout{};
  av_channel_layout_default(&layout, channels);
  return layout;
}

Result<Av<SwrContext>> open_swr(AudioFormat from, AudioFormat to, AVSampleFormat format, ResampleQuality quality) {
  AVChannelLayout in = layout_of(from.channels);
  AVChannelLayout out = layout_of(to.channels);
  SwrContext* context = nullptr;
  int error = swr_alloc_set_opts2(&context, &out, format, to.sample_rate, &in, AV_SAMPLE_FMT_FLTP, from.sample_rate, 0,
                                  nullptr);
  Av<SwrContext> swr(context);
  if (error >= 0 && quality == ResampleQuality::fine && from.sample_rate != to.sample_rate) {
    av_opt_set(context, "resampler", "soxr", 0);
  }
  if (error >= 0 && from.channels != to.channels) {
    const ChannelMatrix matrix = channel_matrix(from.channels, to.channels);
    error = swr_set_matrix(context, matrix[0].data(), max_planes);
  }
  if (error >= 0) error = swr_init(context);
  if (error < 0) return std::unexpected(error_from_libav(error, "set up the resampler"));
  return swr;
}

}  // namespace soundbite::media
