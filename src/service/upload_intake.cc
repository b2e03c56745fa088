#include "service/upload_intake.h"

#include <vector>

namespace soundbite {

namespace {

// Kept so often while bytes arrive: a kill of the process costs the client what it sent in that time. By time and not
// by bytes, so that a fast upload is not stopped by a sync every few megabytes.
constexpr Seconds keep_time(2);
constexpr Milliseconds keep_patience{30'000};

constexpr std::size_t read_bytes = 1 << 20;

}  // namespace

// Shared with the batch under way.
struct UploadIntake::Target {
  std::unique_ptr<UploadWriter> writer;
  std::optional<Digest> whole;  // of all bytes up to here, while it is known
  std::optional<Digest> chunk;  // of this request's bytes, when a checksum was promised
  std::optional<std::uint64_t> new_length;
  Deadline next_keep = Deadline::in(keep_time);

  void hash(std::span<const std::byte> bytes) {
    if (whole) whole->add(bytes);
    if (chunk) chunk->add(bytes);
  }

  awaitable<Result<void>> keep(Deadline deadline) {
    next_keep = Deadline::in(keep_time);
    return writer->keep(new_length, deadline);
  }
};

namespace {

awaitable<Result<void>> take(auto target, asio::thread_pool& pool, std::span<const std::byte> batch) {
  using namespace asio::experimental::awaitable_operators;
  auto added = co_await (target->writer->append(batch, Deadline::in(keep_patience)) &&
                         run_on(pool, [target, batch] { target->hash(batch); }));
  // With a checksum they count all or not at all, and of an upload that nobody knows yet none is asked for again: so
  // none is kept before the last.
  if (!added || target->chunk || !target->writer->recorded() || !target->next_keep.passed()) co_return added;
  co_return co_await target->keep(Deadline::in(keep_patience));
}

Result<std::string> hash_file(const File& file, std::uint64_t bytes) {
  Digest digest(DigestAlgorithm::sha256);
  std::vector<std::byte> buffer(read_bytes);
  for (std::uint64_t at = 0; at < bytes;) {
    const auto n = file.read_at(buffer, at);
    if (!n) return std::unexpected(n.error());
    if (*n == 0) return fail(ErrorCode::corrupt, "an upload has fewer bytes than were kept");
    digest.add(std::span(buffer).first(*n));
    at += *n;
  }
  return digest.finish();
}

}  // namespace

UploadIntake::UploadIntake(const asio::any_io_executor& executor, asio::thread_pool& pool,
                           UploadInstruments& instruments, std::unique_ptr<UploadWriter> writer,
                           std::optional<Digest> so_far, UploadTerms terms)
    : instruments_(instruments),
      pool_(pool),
      target_(std::make_shared<Target>()),
      writing_(executor, writer->upload().offset,
               [target = target_, &pool](std::span<const std::byte> batch) { return take(target, pool, batch); }),
      terms_(terms),
      start_(writer->upload().offset),
      offset_(start_),
      length_(writer->upload().length) {
  if (!length_) length_ = target_->new_length = terms.new_length;
  if (start_ == 0) so_far.emplace(DigestAlgorithm::sha256);
  target_->whole = std::move(so_far);
  if (terms.checksum) target_->chunk.emplace(*terms.checksum);
  target_->writer = std::move(writer);
  instruments_.begun();
}

UploadIntake::~UploadIntake() { instruments_.ended(outcome_); }

const Upload& UploadIntake::upload() const { return target_->writer->upload(); }

bool UploadIntake::recorded() const { return target_->writer->recorded(); }

awaitable<Result<void>> UploadIntake::took(std::size_t bytes) {
  instruments_.received(bytes);
  const std::uint64_t limit = length_.value_or(terms_.max_bytes);
  if (offset_ + bytes > limit) {
    outcome_ = UploadInstruments::Outcome::refused;
    co_return std::unexpected(file_too_large(limit));
  }
  offset_ += bytes;
  if (start_ == 0) {
    if (auto known = first_.add(room().first(bytes)); !known) {
      outcome_ = UploadInstruments::Outcome::refused;
      co_return known;
    }
  }
  co_return co_await writing_.took(bytes);
}

awaitable<Result<void>> UploadIntake::settle(std::optional<std::string_view> checksum, Deadline deadline) {
  if (!checksum || !target_->chunk) co_return Result<void>{};
  if (auto written = co_await writing_.flush(); !written) co_return written;
  const std::string found = target_->chunk->finish();
  target_->chunk.reset();
  if (found == *checksum) co_return Result<void>{};
  outcome_ = UploadInstruments::Outcome::refused;
  if (auto discarded = co_await take_back(deadline); !discarded) co_return discarded;
  co_return std::unexpected(Error{ErrorCode::conflict,
                                  "the bytes of this request are not what its checksum says; none of them was kept",
                                  {{"/header/Upload-Checksum", "checksum_mismatch", "send them again", {}}}});
}

awaitable<Result<void>> UploadIntake::keep(Deadline deadline) {
  if (target_->chunk) co_return co_await take_back(deadline);
  if (auto written = co_await writing_.flush(); !written) co_return written;
  outcome_ = UploadInstruments::Outcome::part;
  co_return co_await target_->keep(deadline);
}

awaitable<Result<void>> UploadIntake::take_back(Deadline deadline) {
  (void)co_await writing_.flush();  // no batch is under way any more, whatever became of it
  target_->whole.reset();
  offset_ = target_->writer->upload().offset;
  co_return co_await target_->writer->discard(deadline);
}

awaitable<Result<Container>> UploadIntake::judge() {
  if (start_ == 0) co_return first_.judge();
  if (start_ < sniff_bytes) {  // what tells may have come with this request only
    if (auto written = co_await writing_.flush(); !written) co_return std::unexpected(written.error());
  }
  co_return co_await run_on(pool_, [target = target_]() -> Result<Container> {
    std::array<std::byte, sniff_bytes> first{};
    const auto n = target->writer->bytes().read_at(first, 0);
    if (!n) return std::unexpected(n.error());
    return recognise(std::span(first).first(*n));
  });
}

// The last bytes are hashed while the disk has them.
awaitable<Result<std::string>> UploadIntake::place(FileId file, Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  const auto last = co_await writing_.rest();
  if (!last) co_return std::unexpected(last.error());
  auto placed = co_await (target_->writer->place(file, *last, deadline) &&
                          run_on(pool_, [target = target_, last = *last] { target->hash(last); }));
  if (!placed) co_return std::unexpected(placed.error());
  co_return co_await sha256();
}

awaitable<Result<std::string>> UploadIntake::sha256() {
  if (target_->whole) {
    auto digest = target_->whole->finish();
    target_->whole.reset();
    co_return digest;
  }
  co_return co_await run_on(pool_,
                            [target = target_, bytes = offset_] { return hash_file(target->writer->bytes(), bytes); });
}

awaitable<Result<void>> UploadIntake::become(StoredFile file, Deadline deadline) {
  return target_->writer->become(std::move(file), deadline);
}

std::optional<Digest> UploadIntake::hand_over_digest() { return std::exchange(target_->whole, std::nullopt); }

}  // namespace soundbite
