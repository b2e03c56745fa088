// Recordings that arrive in pieces over several requests (tus): kept until they are whole.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/async.h"
#include "base/error.h"
#include "base/file.h"
#include "base/id.h"
#include "job/stored_file.h"
#include "port/job_store.h"

namespace soundbite {

struct Upload {
  UploadId id;
  std::string environment;
  Owner owner;
  std::optional<std::uint64_t> length;  // bytes; none: told later
  std::uint64_t offset = 0;             // bytes that we have
  std::string metadata;                 // as the client sent it, echoed
  std::string name;                     // of the file, from the metadata
  Time created_at{};
  Time expires_at{};
  std::optional<FileId> file;  // once it is whole
};

// The one writer of an upload: while it lives nobody else gets one. For one coroutine. What was appended and not kept
// counts for nobody else, and is gone with the writer or the process: whoever takes long chunks keeps now and then.
class UploadWriter {
 public:
  virtual ~UploadWriter() = default;
  virtual const Upload& upload() const = 0;
  // False for one that was begun, until its first keep() or become(): without either, nothing of it stays.
  virtual bool recorded() const = 0;

  // Adds bytes at the offset, all of them or none. Errors: invalid (more than the length), conflict (whole already).
  // Blocking writes happen elsewhere than on the caller's thread.
  virtual awaitable<Result<void>> append(std::span<const std::byte> bytes, Deadline deadline) = 0;
  // Takes back what was appended since the writer was acquired or kept: a chunk whose checksum is wrong.
  virtual awaitable<Result<void>> discard(Deadline deadline) = 0;
  // Makes what was appended durable and, where it is new, the length. The offset is then `upload().offset`. After an
  // error the offset may be that of the last keep.
  virtual awaitable<Result<void>> keep(std::optional<std::uint64_t> length, Deadline deadline) = 0;
  // The bytes so far, to look at: the first ones, and the whole for its digest. Not when it has become a file.
  virtual const File& bytes() const = 0;
  // With `last`, which is appended, all bytes are there: they are made durable as those of that file. Until it has
  // become one, nobody else sees anything of it. Errors besides, `last` is then not appended: conflict (not whole;
  // there is a file of that id).
  virtual awaitable<Result<void>> place(FileId file, std::span<const std::byte> last, Deadline deadline) = 0;
  // The file whose bytes were placed is there from now on, and the upload remembers its id.
  virtual awaitable<Result<void>> become(StoredFile file, Deadline deadline) = 0;
};

// Thread-safe. What was kept outlives a kill of the process. Errors as in FileStore; another owner's upload is
// not_found.
class UploadStore {
 public:
  virtual ~UploadStore() = default;
  virtual awaitable<Result<void>> create(Upload upload, Deadline deadline) = 0;
  // A new upload that comes with its first bytes: its record is written together with what is known of them.
  virtual awaitable<Result<std::unique_ptr<UploadWriter>>> begin(Upload upload, Deadline deadline) = 0;
  // Also for one that expired, until it is swept: `expires_at` tells (410).
  virtual awaitable<Result<Upload>> get(UploadId id, Owner owner, Deadline deadline) = 0;
  // Errors: conflict while another writer lives (423).
  virtual awaitable<Result<std::unique_ptr<UploadWriter>>> acquire(UploadId id, Owner owner, Deadline deadline) = 0;
  // Ends it; the file that it became stays. Errors: conflict while a writer lives.
  virtual awaitable<Result<void>> remove(UploadId id, Owner owner, Deadline deadline) = 0;
  // One bounded pass: removes what expired. Returns how many.
  virtual awaitable<Result<std::size_t>> sweep(std::size_t limit, Deadline deadline) = 0;
};

}  // namespace soundbite
