#include "job/recipe.h"

#include <array>

namespace soundbite {

std::span<const std::string_view> operation_names() {
  static constexpr std::array<std::string_view, std::variant_size_v<Operation>> names = {
      "trim",    "silence",  "gain",    "loudness", "fade", "tempo",   "pitch",
      "denoise", "highpass", "lowpass", "concat",   "mix",  "channels"};
  return names;
}

std::string_view name_of(const Operation& operation) { return operation_names()[operation.index()]; }

std::vector<FileId> files_of(const Recipe& recipe) {
  std::vector<FileId> files;
  for (const auto& one : recipe) {
    if (const auto* concat = std::get_if<operation::Concat>(&one))
      files.insert(files.end(), concat->files.begin(), concat->files.end());
    if (const auto* mix = std::get_if<operation::Mix>(&one)) files.push_back(mix->bed);
  }
  return files;
}

std::vector<std::string> pointers_of_files(const Recipe& recipe) {
  std::vector<std::string> pointers;
  for (std::size_t i = 0; i < recipe.size(); ++i) {
    const std::string place = "/process/" + std::to_string(i);
    if (const auto* concat = std::get_if<operation::Concat>(&recipe[i])) {
      for (std::size_t j = 0; j < concat->files.size(); ++j)
        pointers.push_back(place + "/fileIds/" + std::to_string(j));
    }
    if (std::holds_alternative<operation::Mix>(recipe[i])) pointers.push_back(place + "/fileId");
  }
  return pointers;
}

}  // namespace soundbite
