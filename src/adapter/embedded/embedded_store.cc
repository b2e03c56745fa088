#include "adapter/embedded/embedded_store.h"

#include <stop_token>
#include <thread>

#include "adapter/embedded/blob_files.h"
#include "adapter/embedded/data_folder.h"
#include "adapter/embedded/disk_space.h"
#include "adapter/embedded/handed_out.h"
#include "adapter/embedded/job_queue.h"
#include "adapter/embedded/job_store.h"
#include "adapter/embedded/readers.h"
#include "adapter/embedded/record_cache.h"
#include "adapter/embedded/store_metrics.h"
#include "adapter/embedded/wakeups.h"
#include "adapter/embedded/writer.h"

namespace soundbite {

namespace embedded {

namespace {

constexpr std::size_t cache_bytes = 16 << 20;
constexpr std::size_t reader_threads = 2;
// SQLite asks every so many of its instructions whether to stop.
constexpr int instructions_per_question = 1'000;

class Store final : public EmbeddedStore {
 public:
  Store(EmbeddedOptions options, std::unique_ptr<DataFolder> folder, const Clock& clock, Random& random, Log& log,
        prometheus::Registry& registry)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        clock_(clock),
        log_(log),
        metrics_(registry),
        disk_(folder_->fd(), options_.reserve_bytes, log, metrics_.disk_free_bytes),
        cache_(cache_bytes),
        readers_(folder_->database_path(), reader_threads),
        writer_(folder_->database_path(), disk_, log, metrics_,
                [this](const Changes& changes, const Counts& counts) { jobs_.committed(changes, counts); }),
        jobs_({options_, clock, random, writer_, readers_, cache_, wakeups_, handed_out_, disk_, metrics_}),
        queue_(readers_, wakeups_, handed_out_, clock, options_.lease),
        blobs_(disk_, clock) {}

  ~Store() override { close(); }

  // Errors: one line each, for whoever starts the program.
  Result<void> open();

  JobStore& jobs() override { return jobs_; }
  JobQueue& queue() override { return queue_; }
  BlobStore& blobs() override { return blobs_; }
  void close() override;

 private:
  Result<void> open_parts();
  Result<std::size_t> interrupt_dead_owners();
  void check_database(const std::stop_token& stop);

  const EmbeddedOptions options_;
  const std::unique_ptr<DataFolder> folder_;
  const Clock& clock_;
  Log& log_;
  StoreMetrics metrics_;
  DiskSpace disk_;
  RecordCache cache_;
  Wakeups wakeups_;
  HandedOut handed_out_;
  Readers readers_;
  Writer writer_;
  EmbeddedJobStore jobs_;
  EmbeddedJobQueue queue_;
  BlobFiles blobs_;
  std::jthread check_;
  bool open_ = false;
};

// Also tells counters and metrics where they begin.
Result<std::size_t> Store::interrupt_dead_owners() {
  Result<std::size_t> interrupted = 0;
  auto apply = [this](JobTable& table) { return interrupt_all(table, clock_.now(), options_.retry); };
  auto done = [&interrupted](Result<std::size_t> result) { interrupted = std::move(result); };
  writer_.run_first(
      std::make_unique<TypedOperation<std::size_t, decltype(apply)>>(Deadline::never(), std::move(apply), done));
  return interrupted;
}

Result<void> Store::open() {
  auto opened = open_parts();
  if (opened) return opened;
  // Nothing was written that matters: as it was found.
  folder_->release(folder_->stopped_uncleanly() ? DataFolder::Stop::unclean : DataFolder::Stop::clean);
  return std::unexpected(folder_->explain(opened.error()));
}

Result<void> Store::open_parts() {
  auto opened = writer_.open();
  if (!opened && opened.error().code == ErrorCode::storage_full && disk_.release_ballast()) opened = writer_.open();
  if (!opened) return opened;
  opened = blobs_.open(folder_->fd());
  if (!opened) return opened;
  const auto interrupted = interrupt_dead_owners();
  if (!interrupted) return std::unexpected(interrupted.error());
  writer_.start(readers_.executor());
  open_ = true;
  log_.info("store_opened", {{"data_dir", folder_->path()}, {"interrupted_jobs", *interrupted}});
  if (folder_->stopped_uncleanly()) {
    log_.warn("unclean_stop", {{"data_dir", folder_->path()}});
    check_ = std::jthread([this](const std::stop_token& stop) { check_database(stop); });
  }
  return {};
}

void Store::close() {
  if (!open_) return;
  open_ = false;
  check_ = std::jthread();  // asks it to stop, and waits
  writer_.stop();
  blobs_.stop();
  readers_.stop();
  writer_.close();
  folder_->release(writer_.corrupt() ? DataFolder::Stop::unclean : DataFolder::Stop::clean);
}

void Store::check_database(const std::stop_token& stop) {
  auto connection = Connection::open(folder_->database_path(), Connection::Mode::read);
  if (!connection) return;
  auto asked_to_stop = [](void* token) -> int { return static_cast<const std::stop_token*>(token)->stop_requested(); };
  std::stop_token token = stop;
  sqlite3_progress_handler((*connection)->handle(), instructions_per_question, asked_to_stop, &token);
  const std::stop_callback interrupt(stop, [&connection] { sqlite3_interrupt((*connection)->handle()); });
  const auto verdict = (*connection)->text_of_first("PRAGMA quick_check(1)");
  if (verdict ? *verdict == "ok" : verdict.error().code != ErrorCode::corrupt) return;
  writer_.refuse_as_corrupt();
  log_.error("database_damaged",
             {{"data_dir", folder_->path()},
              {"finding", verdict ? *verdict : verdict.error().message},
              {"fix", "stop, restore the folder from a backup, or recover it with sqlite3 .recover"}});
}

}  // namespace

}  // namespace embedded

Result<std::unique_ptr<EmbeddedStore>> open_embedded_store(EmbeddedOptions options, const Clock& clock, Random& random,
                                                           Log& log, prometheus::Registry& registry) {
  auto folder = embedded::DataFolder::open(options.data_dir);
  if (!folder) return std::unexpected(folder.error());
  auto store = std::make_unique<embedded::Store>(std::move(options), std::move(*folder), clock, random, log, registry);
  if (auto opened = store->open(); !opened) return std::unexpected(opened.error());
  return store;
}

}  // namespace soundbite
