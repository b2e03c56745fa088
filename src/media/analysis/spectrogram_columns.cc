#include "media/analysis/spectrogram_columns.h"

#include <algorithm>
#include <cmath>

namespace soundbite::media {

namespace {

double mel(double hz) { return std::log1p(hz / 700); }
double hz_of_mel(double value) { return 700 * std::expm1(value); }

constexpr double highest_heard_hz = 24'000;

}  // namespace

SpectrogramColumns::SpectrogramColumns(int sample_rate, std::size_t bins, std::size_t hop)
    : top_hz_(std::min(sample_rate / 2.0, highest_heard_hz)), column_frames_(hop), open_(rows) {
  const double hz_a_bin = sample_rate / 2.0 / static_cast<double>(bins - 1);
  const std::size_t last = bins - 1;
  for (std::size_t row = 0; row < rows; ++row) {
    const double low = hz_at(static_cast<double>(row) / rows) / hz_a_bin;
    const double high = hz_at(static_cast<double>(row + 1) / rows) / hz_a_bin;
    const double middle = std::min((low + high) / 2, static_cast<double>(last));
    Source source{.first = static_cast<std::size_t>(std::ceil(low)),
                  .end = std::min(static_cast<std::size_t>(std::ceil(high)), last + 1),
                  .below = std::min(static_cast<std::size_t>(middle), last - 1)};
    source.share = static_cast<float>(middle - static_cast<double>(source.below));
    sources_.push_back(source);
  }
}

double SpectrogramColumns::position_of(double hz) const { return mel(hz) / mel(top_hz_); }
double SpectrogramColumns::hz_at(double position) const { return hz_of_mel(position * mel(top_hz_)); }

void SpectrogramColumns::push(std::span<const float> powers, std::size_t frames) {
  for (std::size_t row = 0; row < rows; ++row) {
    const Source& from = sources_[row];
    float power = 0;
    if (from.first < from.end) {
      for (std::size_t k = from.first; k < from.end; ++k) power = std::max(power, powers[k]);
    } else {  // rows lie closer than bins: on the line between two
      power = powers[from.below] * (1 - from.share) + powers[from.below + 1] * from.share;
    }
    open_[row] += power * static_cast<float>(frames);
  }
  open_frames_ += frames;
  if (open_frames_ >= column_frames_) end_column();
}

void SpectrogramColumns::finish() {
  if (open_frames_ > 0) end_column();
}

void SpectrogramColumns::end_column() {
  for (float& power : open_) {
    columns_.push_back(power / static_cast<float>(open_frames_));
    power = 0;
  }
  open_frames_ = 0;
  if (size() < max_columns) return;
  for (std::size_t i = 0; i < max_columns / 2; ++i) {
    for (std::size_t row = 0; row < rows; ++row) {
      columns_[i * rows + row] = (columns_[2 * i * rows + row] + columns_[(2 * i + 1) * rows + row]) / 2;
    }
  }
  columns_.resize(max_columns / 2 * rows);
  column_frames_ *= 2;
}

}  // namespace soundbite::media
