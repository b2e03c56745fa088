#include "adapter/embedded/blob_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "adapter/embedded/data_folder.h"

namespace soundbite::embedded {

namespace {

constexpr std::size_t copy_block = 1 << 20;

// What a crash left behind: only file systems without O_TMPFILE ever have anything here.
void empty_folder(int folder) {
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(again < 0 ? nullptr : ::fdopendir(again), &::closedir);
  if (!stream) return;
  while (const dirent* entry = ::readdir(stream.get())) ::unlinkat(folder, entry->d_name, 0);
}

File open_unnamed(int folder) { return File(::openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)); }

struct NamedFile {
  File file;
  std::string name;
};

Result<NamedFile> make_named(int folder, std::uint64_t number) {
  NamedFile named;
  named.name = std::to_string(number);
  named.file = File(::openat(folder, named.name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!named.file) return std::unexpected(error_from_errno(errno, "making a temporary file"));
  return named;
}

Result<void> copy(const File& from, const File& to) {
  std::vector<std::byte> block(copy_block);
  for (std::uint64_t at = 0;;) {
    const auto n = from.read_at(block, at);
    if (!n) return std::unexpected(n.error());
    if (*n == 0) return {};
    if (auto written = to.write_all(std::span(block).first(*n)); !written) return written;
    at += *n;
  }
}

}  // namespace

Result<void> BlobFiles::open(int data_dir) {
  auto blobs = make_folder(data_dir, "blobs");
  if (!blobs) return std::unexpected(blobs.error());
  auto scratch_folder = make_folder(data_dir, "tmp");
  if (!scratch_folder) return std::unexpected(scratch_folder.error());
  tree_ = BlobTree(std::move(*blobs));
  scratch_folder_ = std::move(*scratch_folder);
  empty_folder(scratch_folder_.fd());
  has_unnamed_files_ = bool(open_unnamed(scratch_folder_.fd()));
  return {};
}

awaitable<Result<Scratch>> BlobFiles::scratch(Deadline deadline) {
  co_return co_await threads_.run<Scratch>(deadline, [this]() -> Result<Scratch> {
    if (has_unnamed_files_) {
      File file = open_unnamed(scratch_folder_.fd());
      if (!file) return std::unexpected(error_from_errno(errno, "making a temporary file"));
      return Scratch{std::move(file)};
    }
    auto named = make_named(scratch_folder_.fd(), named_++);
    if (!named) return std::unexpected(named.error());
    ::unlinkat(scratch_folder_.fd(), named->name.c_str(), 0);
    return Scratch{std::move(named->file)};
  });
}

Result<void> BlobFiles::make_durable(const std::string& key, const File& file) {
  if (!has_unnamed_files_) return link_a_copy(file, key);
  return link(file, key);
}

// A file that lost its name cannot get another one here, so its bytes move to one that still has its own.
Result<void> BlobFiles::link_a_copy(const File& file, const std::string& key) {
  auto named = make_named(scratch_folder_.fd(), named_++);
  if (!named) return std::unexpected(named.error());
  auto done = copy(file, named->file);
  if (done) done = tree_.link(named->file.fd(), key);
  ::unlinkat(scratch_folder_.fd(), named->name.c_str(), 0);
  return done;
}

awaitable<Result<void>> BlobFiles::put(std::string key, Scratch scratch, Deadline deadline) {
  if (auto checked = BlobTree::check_key(key); !checked) co_return checked;
  co_return co_await threads_.sync<void>(
      deadline, [this, key = std::move(key), scratch = std::move(scratch)] { return make_durable(key, scratch.file); });
}

awaitable<Result<Blob>> BlobFiles::open(std::string key, Deadline deadline) {
  if (auto checked = BlobTree::check_key(key); !checked) co_return fail(ErrorCode::not_found, "there is no such blob");
  co_return co_await threads_.run<Blob>(deadline, [this, key = std::move(key)]() -> Result<Blob> {
    auto file = tree_.open(key);
    if (!file) return std::unexpected(file.error());
    const auto bytes = file->size();
    if (!bytes) return std::unexpected(bytes.error());
    return Blob{std::move(*file), *bytes};
  });
}

awaitable<Result<void>> BlobFiles::remove(std::string key, Deadline deadline) {
  if (auto checked = BlobTree::check_key(key); !checked) co_return Result<void>();
  co_return co_await threads_.run<void>(deadline, [this, key = std::move(key)] { return tree_.remove(key); });
}

awaitable<Result<BlobPage>> BlobFiles::list(std::string after, std::size_t limit, Milliseconds min_age,
                                            Deadline deadline) {
  const Time linked_before = clock_.now() - min_age;
  co_return co_await threads_.run<BlobPage>(
      deadline, [this, after = std::move(after), limit, linked_before]() -> Result<BlobPage> {
        auto keys = tree_.list(after, limit, linked_before);
        if (!keys) return std::unexpected(keys.error());
        BlobPage page{std::move(*keys), ""};
        if (page.keys.size() == limit && limit > 0) page.next = page.keys.back();
        return page;
      });
}

}  // namespace soundbite::embedded
