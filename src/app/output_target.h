// Where `say` puts its audio: a file that appears whole or not at all, or a stream.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace soundbite {

// commit and discard may come from different threads; the first of them decides.
class OutputTarget {
 public:
  // "-" is standard output. A path of a pipe or device is written directly; else a hidden file beside it is written,
  // which commit() renames. Errors: invalid (a folder, no such folder), unavailable (not writable).
  static Result<OutputTarget> open(const std::string& path);

  OutputTarget(OutputTarget&& other) noexcept;
  OutputTarget& operator=(OutputTarget&&) = delete;
  ~OutputTarget() { discard(); }

  const File& file() const { return file_; }
  // Bytes of the finished file; nullopt for a stream.
  std::optional<std::uint64_t> bytes() const;

  // Errors: unavailable when the file cannot take its name.
  Result<void> commit();
  // Leaves nothing behind, unless committed.
  void discard();

 private:
  OutputTarget(File file, std::string path, std::string temporary)
      : file_(std::move(file)), path_(std::move(path)), temporary_(std::move(temporary)) {}

  std::mutex mutex_;
  File file_;
  std::string path_;       // of the finished file
  std::string temporary_;  // empty for a stream, and once committed or discarded
};

}  // namespace soundbite
