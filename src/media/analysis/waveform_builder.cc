#include "media/analysis/waveform_builder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace soundbite::media {

namespace {

static_assert(std::endian::native == std::endian::little);

std::int16_t to_16_bits(float sample) {
  return static_cast<std::int16_t>(std::lround(std::clamp(sample * 32'767.0F, -32'768.0F, 32'767.0F)));
}

template <class T>
void append(std::vector<std::byte>& bytes, T value) {
  const auto* from = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof value);
}

}  // namespace

WaveformBuilder::WaveformBuilder(AudioFormat format)
    : format_(format),
      loops_(&kernels()),
      pixels_(static_cast<std::size_t>(format.channels)),
      open_(static_cast<std::size_t>(format.channels)) {}

void WaveformBuilder::push(const AudioBlock& block) {
  for (std::size_t at = 0; at < block.frames;) {
    const std::size_t n = std::min(block.frames - at, samples_per_pixel - filled_);
    for (std::size_t c = 0; c < open_.size(); ++c) {
      const Extent extent = loops_->extent(block.channels[c] + at, n);
      open_[c] =
          filled_ == 0 ? extent : Extent{std::min(open_[c].low, extent.low), std::max(open_[c].high, extent.high)};
    }
    filled_ += n;
    at += n;
    if (filled_ == samples_per_pixel) end_pixel();
  }
}

void WaveformBuilder::finish() {
  if (filled_ > 0) end_pixel();
}

void WaveformBuilder::end_pixel() {
  for (std::size_t c = 0; c < open_.size(); ++c) {
    pixels_[c].push_back(to_16_bits(open_[c].low));
    pixels_[c].push_back(to_16_bits(open_[c].high));
  }
  filled_ = 0;
}

Result<void> WaveformBuilder::write(const File& to) const {
  constexpr std::size_t block = std::size_t{64} << 10;
  std::vector<std::byte> bytes;
  bytes.reserve(block + 64);
  const bool one_channel = pixels_.size() == 1;
  append(bytes, std::int32_t{one_channel ? 1 : 2});
  append(bytes, std::uint32_t{0});  // 16 bits
  append(bytes, std::int32_t{format_.sample_rate});
  append(bytes, std::int32_t{samples_per_pixel});
  append(bytes, static_cast<std::uint32_t>(length()));
  if (!one_channel) append(bytes, static_cast<std::int32_t>(pixels_.size()));
  for (std::size_t i = 0; i < length(); ++i) {
    for (const auto& channel : pixels_) {
      append(bytes, channel[2 * i]);
      append(bytes, channel[2 * i + 1]);
    }
    if (bytes.size() < block) continue;
    if (auto written = to.write_all(bytes); !written) return written;
    bytes.clear();
  }
  return to.write_all(bytes);
}

}  // namespace soundbite::media
