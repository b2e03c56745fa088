// The writer of one upload.
#pragma once

#include "adapter/embedded/upload_store.h"
#include "base/direct_writer.h"

namespace soundbite::embedded {

// How much of the file counts is in the record: what lies behind that, not kept before a kill, is cut off when the
// upload is acquired again. So a chunk that was still to be verified never counts, and a caller that wants long plain
// chunks to survive keeps them now and then.
class EmbeddedUploadWriter final : public UploadWriter {
 public:
  // `file` holds exactly upload.offset bytes; none when the upload has become a file.
  EmbeddedUploadWriter(UploadStoreParts parts, HeldIds<UploadId>::Hold hold, Upload upload, File file, bool recorded)
      : parts_(parts),
        hold_(std::move(hold)),
        upload_(std::move(upload)),
        kept_(upload_),
        file_(std::move(file)),
        recorded_(recorded) {}
  EmbeddedUploadWriter(const EmbeddedUploadWriter&) = delete;
  EmbeddedUploadWriter& operator=(const EmbeddedUploadWriter&) = delete;
  ~EmbeddedUploadWriter() override;

  const Upload& upload() const override { return upload_; }
  bool recorded() const override { return recorded_; }
  awaitable<Result<void>> append(std::span<const std::byte> bytes, Deadline deadline) override;
  awaitable<Result<void>> discard(Deadline deadline) override;
  awaitable<Result<void>> keep(std::optional<std::uint64_t> length, Deadline deadline) override;
  const File& bytes() const override { return file_; }
  awaitable<Result<void>> place(FileId file, std::span<const std::byte> last, Deadline deadline) override;
  awaitable<Result<void>> become(StoredFile file, Deadline deadline) override;

 private:
  // These block.
  Result<void> write(std::span<const std::byte> bytes);
  Result<void> write_and_link(std::span<const std::byte> bytes, const std::string& key);
  Result<void> sync();
  Result<void> link_to(const std::string& key);
  Result<void> cut_to_kept();
  void give_up();

  Result<void> check_room_for(std::span<const std::byte> bytes) const;
  awaitable<Result<void>> record(Upload after, std::optional<StoredFile> file, Deadline deadline);

  UploadStoreParts parts_;
  HeldIds<UploadId>::Hold hold_;
  std::optional<HeldIds<FileId>::Hold> placed_;
  Upload upload_;  // with what was appended
  Upload kept_;    // as the record is
  File file_;
  DirectWriter direct_;
  bool recorded_;
  bool synced_ = true;  // as far as upload_.offset
};

}  // namespace soundbite::embedded
