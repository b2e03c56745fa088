#include "adapter/embedded/embedded_store.h"

#include <stop_token>
#include <thread>

#include "adapter/embedded/blob_files.h"
#include "adapter/embedded/data_folder.h"
#include "adapter/embedded/disk_space.h"
#include "adapter/embedded/disk_threads.h"
#include "adapter/embedded/file_store.h"
#include "adapter/embedded/handed_out.h"
#include "adapter/embedded/held_ids.h"
#include "adapter/embedded/job_queue.h"
#include "adapter/embedded/job_store.h"
#include "adapter/embedded/readers.h"
#include "adapter/embedded/record_cache.h"
#include "adapter/embedded/store_metrics.h"
#include "adapter/embedded/upload_store.h"
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
        jobs_({options_, clock, random, writer_, readers_, cache_, wakeups_, handed_out_, disk_, metrics_,
               files_in_making_}),
        queue_(readers_, wakeups_, handed_out_, clock, options_.lease),
        blobs_(disk_, clock, threads_),
        files_({clock, writer_, readers_, blobs_, disk_, files_in_making_}),
        uploads_({clock, writer_, readers_, blobs_, disk_, threads_, upload_files_, files_in_making_, held_uploads_}) {}

  ~Store() override { close(); }

  // Errors: one line each, for whoever starts the program.
  Result<void> open();

  JobStore& jobs() override { return jobs_; }
  JobQueue& queue() override { return queue_; }
  BlobStore& blobs() override { return blobs_; }
  FileStore& files() override { return files_; }
  UploadStore& uploads() override { return uploads_; }
  void close() override;

 private:
  Result<void> open_parts();
  // Before the writer's thread: a group of one operation on this thread.
  template <class T, class Apply>
  Result<T> run_first(Apply apply);
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
  HeldIds<FileId> files_in_making_;
  HeldIds<UploadId> held_uploads_;
  UploadFiles upload_files_;
  DiskThreads threads_;
  Readers readers_;
  Writer writer_;
  EmbeddedJobStore jobs_;
  EmbeddedJobQueue queue_;
  BlobFiles blobs_;
  EmbeddedFileStore files_;
  EmbeddedUploadStore uploads_;
  std::jthread check_;
  bool open_ = false;
};

template <class T, class Apply>
Result<T> Store::run_first(Apply apply) {
  Result<T> answer = fail(ErrorCode::internal, "the operation did not run");
  auto done = [&answer](Result<T> result) { answer = std::move(result); };
  writer_.run_first(std::make_unique<TypedOperation<T, Apply>>(Deadline::never(), std::move(apply), done));
  return answer;
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
  if (opened) opened = upload_files_.open(folder_->fd());
  if (!opened) return opened;
  // Also tells counters and metrics where they begin.
  const auto interrupted =
      run_first<std::size_t>([this](JobTable& table) { return interrupt_all(table, clock_.now(), options_.retry); });
  if (!interrupted) return std::unexpected(interrupted.error());
  opened = run_first<void>([this](JobTable& table) { return clear_leftovers(upload_files_, table); });
  if (!opened) return opened;
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
  threads_.stop();
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
