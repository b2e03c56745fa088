#include "service/first_bytes.h"

namespace soundbite {

Result<Container> recognise(std::span<const std::byte> first_bytes) {
  if (const auto container = sniff_container(first_bytes)) return *container;
  return std::unexpected(Error{ErrorCode::invalid,
                               "the bytes are no audio file that is known here",
                               {{"/file",
                                 "unsupported_media",
                                 "send audio as WAV, FLAC, MP3, M4A, AAC, Ogg, AIFF, CAF or Matroska; the first bytes "
                                 "count, not the name",
                                 {}}}});
}

Result<void> FirstBytes::add(std::span<const std::byte> bytes) {
  if (kept_.size() == sniff_bytes) return {};
  const auto part = bytes.first(std::min(bytes.size(), sniff_bytes - kept_.size()));
  kept_.insert(kept_.end(), part.begin(), part.end());
  if (kept_.size() < sniff_bytes) return {};
  if (const auto known = recognise(kept_); !known) return std::unexpected(known.error());
  return {};
}

Result<Container> FirstBytes::judge() const {
  if (kept_.empty()) return std::unexpected(empty_file());
  return recognise(kept_);
}

Error empty_file() {
  return {ErrorCode::invalid, "the file is empty", {{"/file", "empty_file", "send at least one byte of audio", {}}}};
}

Error file_too_large(std::uint64_t limit) {
  const std::string bound = std::to_string(limit);
  return {ErrorCode::invalid,
          "the file is larger than " + bound + " bytes",
          {{"/file", "file_too_large", "a file may have " + bound + " bytes here", {}}}};
}

}  // namespace soundbite
