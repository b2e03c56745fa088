#include "service/file_intake.h"

#include "base/direct_writer.h"

namespace soundbite {

// Shared with the batch under way.
struct FileIntake::Target {
  Scratch scratch;
  Digest sha256{DigestAlgorithm::sha256};
  DirectWriter writer;
  std::uint64_t bytes_written = 0;

  Result<void> take(std::span<const std::byte> bytes) {
    sha256.add(bytes);
    const auto offset = std::exchange(bytes_written, bytes_written + bytes.size());
    return writer.write_at(scratch.file, bytes, offset);
  }
};

FileIntake::FileIntake(const asio::any_io_executor& executor, asio::thread_pool& pool, UploadInstruments& instruments,
                       Scratch scratch, std::uint64_t max_bytes)
    : instruments_(instruments),
      target_(std::make_shared<Target>(std::move(scratch))),
      writing_(executor, 0,
               [target = target_, &pool](std::span<const std::byte> batch) {
                 return run_on(pool, [target, batch] { return target->take(batch); });
               }),
      max_bytes_(max_bytes) {
  instruments_.begun();
}

FileIntake::~FileIntake() { instruments_.ended(outcome_); }

template <class T>
Result<T> FileIntake::refused(Result<T> result) {
  if (!result) outcome_ = UploadInstruments::Outcome::refused;
  return result;
}

Result<void> FileIntake::check(std::span<const std::byte> bytes) {
  instruments_.received(bytes.size());
  bytes_ += bytes.size();
  if (bytes_ > max_bytes_) return std::unexpected(file_too_large(max_bytes_));
  return first_.add(bytes);
}

awaitable<Result<void>> FileIntake::took(std::size_t bytes) {
  if (auto fine = check(room().first(bytes)); !fine) co_return refused(std::move(fine));
  co_return refused(co_await writing_.took(bytes));
}

awaitable<Result<void>> FileIntake::write(std::span<const std::byte> bytes) {
  if (auto fine = check(bytes); !fine) co_return refused(std::move(fine));
  co_return refused(co_await writing_.add(bytes));
}

awaitable<Result<ReceivedFile>> FileIntake::finish() {
  const auto container = first_.judge();
  if (!container) co_return refused(Result<ReceivedFile>(std::unexpected(container.error())));
  if (auto written = co_await writing_.flush(); !written) {
    co_return refused(Result<ReceivedFile>(std::unexpected(written.error())));
  }
  co_return ReceivedFile{std::move(target_->scratch), bytes_, *container, to_hex(target_->sha256.finish())};
}

}  // namespace soundbite
