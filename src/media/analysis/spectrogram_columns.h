// Spectra over time, kept small: where a recording becomes long, neighbours merge. Rows are equal steps of pitch as it
// is heard (mel).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace soundbite::media {

// For one thread. At most 4 MB whatever the length.
class SpectrogramColumns {
 public:
  static constexpr std::size_t rows = 400;
  static constexpr std::size_t max_columns = 2'400;  // an even number

  // Of spectra with `bins` bins from 0 Hz to half the sample rate, each for `hop` frames.
  SpectrogramColumns(int sample_rate, std::size_t bins, std::size_t hop);

  // The next spectrum: power of each bin, 1 for a sine of full scale; for `frames` frames.
  void push(std::span<const float> powers, std::size_t frames);
  void finish();  // what is left becomes a column

  std::size_t column_frames() const { return column_frames_; }
  std::size_t size() const { return columns_.size() / rows; }
  // The power of each row, from low to high.
  std::span<const float> column(std::size_t index) const { return std::span(columns_).subspan(index * rows, rows); }

  double top_hz() const { return top_hz_; }
  // Where a frequency lies: 0 at the lower edge of the first row, 1 at the upper edge of the last.
  double position_of(double hz) const;
  double hz_at(double position) const;

 private:
  void end_column();

  struct Source {  // of a row: these bins, or a point between two
    std::size_t first = 0;
    std::size_t end = 0;
    std::size_t below = 0;
    float share = 0;
  };

  double top_hz_;
  std::vector<Source> sources_;
  std::size_t column_frames_;
  std::vector<float> columns_;
  std::vector<float> open_;  // powers × frames of the column that fills
  std::size_t open_frames_ = 0;
};

}  // namespace soundbite::media
