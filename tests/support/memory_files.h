// Files and uploads in memory: the part of MemoryStore that holds what clients have given us.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "port/file_store.h"
#include "port/upload_store.h"

namespace soundbite {

// All calls on one thread.
class MemoryFiles final : public FileStore {
 public:
  // The pending or processing job that uses a file.
  using JobUsing = std::function<std::optional<JobId>(FileId)>;

  MemoryFiles(const Clock& clock, std::map<std::string, std::string>& blob_bytes, JobUsing job_using)
      : clock_(clock), blob_bytes_(blob_bytes), job_using_(std::move(job_using)) {}

  // What the next calls answer instead of working, by the verb's name: {"add", error}. One call each.
  std::multimap<std::string, Error> failures;
  std::map<FileId, StoredFile> records;

  awaitable<Result<void>> add(StoredFile file, Scratch bytes, Deadline) override;
  awaitable<Result<StoredFile>> get(FileId id, Owner owner, Deadline) override;
  awaitable<Result<FilePage>> list(FileQuery query, Deadline) override;
  awaitable<Result<void>> remove(FileId id, Owner owner, Deadline) override;
  awaitable<Result<std::size_t>> sweep(std::size_t limit, Deadline) override;

  // Null: unknown, another's, or expired and used by no job.
  const StoredFile* find(FileId id, const Owner& owner) const;
  Result<void> insert(StoredFile file, std::string bytes);

 private:
  const Clock& clock_;
  std::map<std::string, std::string>& blob_bytes_;
  JobUsing job_using_;
};

// All calls on one thread.
class MemoryUploads final : public UploadStore {
 public:
  MemoryUploads(const Clock& clock, MemoryFiles& files) : clock_(clock), files_(files) {}

  // As MemoryFiles::failures, with the writer's verbs among them: {"append", error}.
  std::multimap<std::string, Error> failures;
  struct Record {
    Upload upload;
    File bytes;
    bool held = false;  // a writer lives
  };
  std::map<UploadId, std::shared_ptr<Record>> records;

  awaitable<Result<void>> create(Upload upload, Deadline) override;
  awaitable<Result<std::unique_ptr<UploadWriter>>> begin(Upload upload, Deadline) override;
  awaitable<Result<Upload>> get(UploadId id, Owner owner, Deadline) override;
  awaitable<Result<std::unique_ptr<UploadWriter>>> acquire(UploadId id, Owner owner, Deadline) override;
  awaitable<Result<void>> remove(UploadId id, Owner owner, Deadline) override;
  awaitable<Result<std::size_t>> sweep(std::size_t limit, Deadline) override;

 private:
  static std::shared_ptr<Record> make(Upload upload);
  std::shared_ptr<Record> find(UploadId id, const Owner& owner) const;

  const Clock& clock_;
  MemoryFiles& files_;
};

}  // namespace soundbite
