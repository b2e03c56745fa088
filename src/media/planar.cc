#include "media/planar.h"

#include <bit>
#include <span>

namespace soundbite::media {
namespace {

constexpr std::uint32_t exponent = 0x7F80'0000;  // all ones: infinite, or not a number

bool all_finite(std::span<const float> samples) {
  std::uint32_t bad = 0;
  for (const float sample : samples) bad |= (std::bit_cast<std::uint32_t>(sample) & exponent) == exponent ? 1U : 0U;
  return bad == 0;
}

// Samples of one channel, `step` apart, to floats.
template <class Sample>
void convert(const std::uint8_t* from, std::size_t step, std::span<float> to, double scale, double offset = 0) {
  const auto* samples = reinterpret_cast<const Sample*>(from);
  const auto factor = static_cast<float>(scale);
  const auto shift = static_cast<float>(offset);
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = (static_cast<float>(samples[i * step]) + shift) * factor;
}

bool convert(AVSampleFormat format, const std::uint8_t* from, std::size_t step, std::span<float> to) {
  switch (format) {
    case AV_SAMPLE_FMT_U8: convert<std::uint8_t>(from, step, to, 1.0 / 128, -128); return true;
    case AV_SAMPLE_FMT_S16: convert<std::int16_t>(from, step, to, 1.0 / 32'768); return true;
    case AV_SAMPLE_FMT_S32: convert<std::int32_t>(from, step, to, 1.0 / 2'147'483'648.0); return true;
    case AV_SAMPLE_FMT_FLT: convert<float>(from, step, to, 1); return true;
    case AV_SAMPLE_FMT_DBL: convert<double>(from, step, to, 1); return true;
    default: return false;
  }
}

}  // namespace

Result<AudioBlock> Planes::of(const AVFrame& frame) {
  const auto channels = static_cast<std::size_t>(frame.ch_layout.nb_channels);
  if (channels < 1 || channels > max_planes) return fail(ErrorCode::internal, "a frame of too many channels");
  const auto count = static_cast<std::size_t>(frame.nb_samples);
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0 || channels == 1;
  const AVSampleFormat packed = av_get_packed_sample_fmt(format);
  const auto width = static_cast<std::size_t>(av_get_bytes_per_sample(format));
  for (std::size_t c = 0; c < channels; ++c) {
    const std::uint8_t* from = planar ? frame.extended_data[c] : frame.extended_data[0] + c * width;
    if (packed == AV_SAMPLE_FMT_FLT && planar) {
      pointers_[c] = reinterpret_cast<const float*>(from);
      if (all_finite({pointers_[c], count})) continue;
    }
    if (own_[c].size() < count) own_[c].resize(count);
    const std::span<float> to(own_[c].data(), count);
    if (!convert(packed, from, planar ? 1 : channels, to)) return fail(ErrorCode::internal, "an unknown sample format");
    if (packed == AV_SAMPLE_FMT_FLT || packed == AV_SAMPLE_FMT_DBL) clean(to.data(), count);
    pointers_[c] = to.data();
  }
  return AudioBlock{.channels = {pointers_.data(), channels}, .frames = count};
}

void Planes::clean(float* samples, std::size_t count) {
  if (all_finite({samples, count})) return;
  for (float& sample : std::span(samples, count)) {
    if ((std::bit_cast<std::uint32_t>(sample) & exponent) != exponent) continue;
    sample = 0;
    ++not_finite_;
  }
}

}  // namespace soundbite::media
