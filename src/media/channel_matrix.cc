#include "media/channel_matrix.h"

#include <algorithm>
#include <numbers>
#include <span>

namespace soundbite::media {
namespace {

constexpr double lower = 1 / std::numbers::sqrt2;

// The places of libav's default layouts, as weights on the left and on the right.
struct Weights {
  double left;
  double right;
};
constexpr Weights left{1, 0}, right{0, 1}, centre{lower, lower}, none{0, 0};
constexpr Weights left_surround{lower, 0}, right_surround{0, lower}, back_centre{lower / 2, lower / 2};

constexpr std::array<Weights, 3> three = {left, right, centre};
constexpr std::array<Weights, 4> four = {left, right, left_surround, right_surround};
constexpr std::array<Weights, 5> five = {left, right, centre, left_surround, right_surround};
constexpr std::array<Weights, 6> six = {left, right, centre, none, left_surround, right_surround};
constexpr std::array<Weights, 7> seven = {left, right, centre, none, back_centre, left_surround, right_surround};
constexpr std::array<Weights, 8> eight = {left,          right,          centre,        none,
                                          left_surround, right_surround, left_surround, right_surround};

std::span<const Weights> weights_of(int channels) {
  switch (channels) {
    case 3: return three;
    case 4: return four;
    case 5: return five;
    case 6: return six;
    case 7: return seven;
    default: return eight;
  }
}

void fold(ChannelMatrix& matrix, int from) {
  const auto weights = weights_of(from);
  double sum = 0;
  for (const Weights& weight : weights) sum += weight.left;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    matrix[0][c] = weights[c].left / sum;
    matrix[1][c] = weights[c].right / sum;
  }
}

}  // namespace

ChannelMatrix channel_matrix(int from, int to) {
  ChannelMatrix matrix{};
  if (from == 1 && to == 2) {
    matrix[0][0] = matrix[1][0] = 1;
  } else if (to >= from || (to > 2 && from > to)) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(std::min(from, to)); ++c) matrix[c][c] = 1;
  } else {
    if (from == 2) {
      matrix[0][0] = matrix[1][1] = 1;
    } else {
      fold(matrix, from);
    }
    if (to == 1) {
      for (std::size_t c = 0; c < static_cast<std::size_t>(from); ++c) matrix[0][c] = (matrix[0][c] + matrix[1][c]) / 2;
    }
  }
  return matrix;
}

}  // namespace soundbite::media
