// The one thread and the one connection that write. It takes all operations that wait, gives each a savepoint, and
// commits them with one sync of the disk; checkpoints run between groups. SQLite before 3.51.3 can corrupt a WAL
// database when two connections write or checkpoint at once (the WAL-reset bug), so nobody else may.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapter/embedded/disk_space.h"
#include "adapter/embedded/job_table.h"
#include "adapter/embedded/store_metrics.h"
#include "base/async.h"
#include "base/log.h"
#include "base/time.h"

namespace soundbite::embedded {

using SteadyDuration = std::chrono::steady_clock::duration;

// One change that someone waits for. The writer calls apply() within its savepoint, at most twice (the second time on a
// new connection, when the first group was rolled back for want of room), and then one of the two answers.
class Operation {
 public:
  explicit Operation(Deadline until) : deadline(until) {}
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;
  virtual bool apply(JobTable& table) = 0;  // false: undo what it wrote
  virtual void answer() = 0;                // its group is durable
  virtual void answer(const Error& error) = 0;

  const Deadline deadline;
};

template <class T, class Apply>
class TypedOperation final : public Operation {
 public:
  TypedOperation(Deadline until, Apply apply, std::move_only_function<void(Result<T>)> done)
      : Operation(until), apply_(std::move(apply)), done_(std::move(done)) {}

  bool apply(JobTable& table) override {
    try {
      result_ = apply_(table);
    } catch (const std::exception& failure) {  // a bug, or no memory: this operation's alone
      result_ = fail(ErrorCode::internal, failure.what());
    }
    return result_.has_value();
  }
  void answer() override { done_(std::move(result_)); }
  void answer(const Error& error) override { done_(std::unexpected(error)); }

 private:
  Apply apply_;
  std::move_only_function<void(Result<T>)> done_;
  Result<T> result_ = fail(ErrorCode::internal, "the operation did not run");
};

class Writer {
 public:
  // Told of every committed group, on the writer's thread, before the operations are answered.
  using OnCommit = std::move_only_function<void(const Changes&, const Counts&)>;

  Writer(std::string path, DiskSpace& disk, Log& log, StoreMetrics& metrics, OnCommit on_commit);
  ~Writer();

  // Opens the database, making or migrating it where needed. Errors: unavailable, storage_full, corrupt.
  Result<void> open();
  // Before start(): runs one operation as a group of its own, on this thread.
  void run_first(std::unique_ptr<Operation> operation);
  // `timers` runs the timeouts of operations that wait; it must outlive the writer.
  void start(asio::any_io_executor timers);
  // Commits what waits, then ends the thread. Operations after this are refused.
  void stop();
  // After stop(): empties the log into the database and closes it.
  void close();

  // Answers after the commit, with what `apply` (Result<T>(JobTable&)) answered. Errors besides: timeout (removed
  // before its group began: nothing was done), throttled, unavailable, storage_full, corrupt. Thread-safe.
  template <class T, class Apply>
  awaitable<Result<T>> run(Deadline deadline, Apply apply) {
    co_return co_await from_callback<Result<T>>([this, deadline, apply = std::move(apply)](auto done) mutable {
      enqueue(std::make_unique<TypedOperation<T, Apply>>(deadline, std::move(apply), std::move(done)));
    });
  }

  // The file is damaged: from now on nothing is written and every operation answers corrupt. Thread-safe.
  void refuse_as_corrupt() { corrupt_ = true; }
  bool corrupt() const { return corrupt_; }

 private:
  using Group = std::vector<std::unique_ptr<Operation>>;
  static constexpr std::size_t no_wake = std::numeric_limits<std::size_t>::max();

  void enqueue(std::unique_ptr<Operation> operation);
  void loop();
  Group take_group();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  // The next two: with mutex_ held.
  Group remove_overdue();
  void watch_deadline(Deadline deadline);
  void answer_overdue();

  void commit(Group& group);
  Result<void> try_commit(Group& group);
  Result<void> apply_all(Group& group);
  Result<void> adopt(std::unique_ptr<Connection> connection);
  Result<void> ensure_open();
  // How long to wait for operations before do_chores(); none when there is nothing to do.
  std::optional<SteadyDuration> chores_in() const;
  void do_chores();
  // Also while work never pauses: a busy server needs its ballast most.
  void keep_ballast();
  void checkpoint();

  const std::string path_;
  DiskSpace& disk_;
  Log& log_;
  StoreMetrics& metrics_;
  OnCommit on_commit_;
  std::atomic<bool> corrupt_ = false;

  // The writer's thread only.
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<JobTable> table_;
  int wal_frames_ = 0;     // in the log
  int copied_frames_ = 0;  // of these, in the database already
  Deadline next_checkpoint_ = Deadline::in({});
  Deadline next_ballast_ = Deadline::in({});
  std::size_t last_group_ = 0;
  SteadyDuration last_commit_{};

  std::mutex mutex_;
  std::condition_variable wake_;
  Group waiting_;
  bool stopping_ = false;
  std::size_t wake_at_ = no_wake;  // so many waiting operations wake the writer
  std::optional<asio::steady_timer> timer_;
  Deadline timer_at_ = Deadline::never();

  std::thread thread_;
};

}  // namespace soundbite::embedded
