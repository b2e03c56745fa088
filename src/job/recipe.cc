#include "job/recipe.h"

#include <array>

namespace soundbite {

std::string_view name_of(const Operation& operation) {
  // In the order of the variant.
  static constexpr std::array<std::string_view, std::variant_size_v<Operation>> names = {
      "trim",    "silence",  "gain",    "loudness", "fade", "tempo",   "pitch",
      "denoise", "highpass", "lowpass", "concat",   "mix",  "channels"};
  return names[operation.index()];
}

std::vector<FileId> files_of(const Recipe& recipe) {
  std::vector<FileId> files;
  for (const auto& one : recipe) {
    if (const auto* concat = std::get_if<operation::Concat>(&one))
      files.insert(files.end(), concat->files.begin(), concat->files.end());
    if (const auto* mix = std::get_if<operation::Mix>(&one)) files.push_back(mix->bed);
  }
  return files;
}

}  // namespace soundbite
