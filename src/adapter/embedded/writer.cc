#include "adapter/embedded/writer.h"

#include <algorithm>

#include "adapter/embedded/log_room.h"
#include "adapter/embedded/schema.h"

namespace soundbite::embedded {

namespace {

using SteadyClock = std::chrono::steady_clock;

// Callers wait for their answers, so this many at once means that something upstream does not bound itself.
constexpr std::size_t most_waiting = 4'096;

// Pages of 4 KiB in the log. A quiet moment copies 1 MiB and more into the database; at 32 MiB the writer stops for it,
// some 50 ms, whatever waits.
constexpr int frames_worth_copying = 256;
constexpr int most_frames = 8'192;
constexpr SteadyClock::duration quiet = std::chrono::milliseconds(100);
constexpr SteadyClock::duration pause = std::chrono::seconds(1);
constexpr SteadyClock::duration longest_patience = std::chrono::milliseconds(2);
constexpr std::int64_t frame_bytes = 4096 + 24;

int note_frames(void* frames, sqlite3*, const char*, int in_log) {
  *static_cast<int*>(frames) = in_log;
  return SQLITE_OK;
}

}  // namespace

Writer::Writer(std::string path, DiskSpace& disk, Log& log, StoreMetrics& metrics, OnCommit on_commit)
    : path_(std::move(path)), disk_(disk), log_(log), metrics_(metrics), on_commit_(std::move(on_commit)) {}

Writer::~Writer() {
  stop();
  close();
}

Result<void> Writer::open() {
  auto opened = open_for_writing(path_);
  if (!opened) return std::unexpected(opened.error());
  // Whatever the last owner left in the log is worth a checkpoint at the first quiet moment.
  wal_frames_ = frames_worth_copying;
  return adopt(std::move(*opened));
}

void Writer::run_first(std::unique_ptr<Operation> operation) {
  Group group;
  group.push_back(std::move(operation));
  commit(group);
}

void Writer::start(asio::any_io_executor timers) {
  timer_.emplace(std::move(timers));
  thread_ = std::thread([this] { loop(); });
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (timer_) timer_->cancel();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Writer::close() {
  if (!connection_) return;
  if (!corrupt_) {  // a damaged one stays as it is, for whoever mends it
    const int code =
        sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) log_.warn("last_checkpoint_failed", {{"error", connection_->error(code).message}});
  }
  table_.reset();
  connection_.reset();
}

void Writer::enqueue(std::unique_ptr<Operation> operation) {
  Error refused{ErrorCode::corrupt, "the database is damaged: see the log", {}};
  if (!corrupt_) {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refused = {ErrorCode::unavailable, "the store is closed", {}};
    } else if (waiting_.size() >= most_waiting) {
      refused = {ErrorCode::throttled, "too many changes wait for the disk", {}};
    } else {
      watch_deadline(operation->deadline);
      waiting_.push_back(std::move(operation));
      if (waiting_.size() >= wake_at_) wake_.notify_one();
      return;
    }
  }
  operation->answer(refused);
}

Writer::Group Writer::remove_overdue() {
  Group overdue;
  Group others;
  const auto now = SteadyClock::now();
  for (auto& operation : waiting_) (operation->deadline.at() <= now ? overdue : others).push_back(std::move(operation));
  waiting_.swap(others);
  return overdue;
}

// A writer that hangs in a sync cannot answer those who wait for it; the timer does. It is armed for the earliest
// deadline and most often finds nothing to do.
void Writer::watch_deadline(Deadline deadline) {
  if (!timer_ || deadline.at() >= timer_at_.at()) return;
  timer_at_ = deadline;
  timer_->expires_at(deadline.at());
  timer_->async_wait([this](const boost::system::error_code& stopped) {
    if (!stopped) answer_overdue();
  });
}

void Writer::answer_overdue() {
  Group overdue;
  {
    const std::lock_guard lock(mutex_);
    timer_at_ = Deadline::never();
    overdue = remove_overdue();
    for (const auto& operation : waiting_) watch_deadline(operation->deadline);
  }
  for (auto& operation : overdue) operation->answer({ErrorCode::timeout, "the disk did not get to it in time", {}});
}

void Writer::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto ready = [this] { return waiting_.size() >= wake_at_ || stopping_; };
  wake_at_ = 1;
  if (const auto chores = chores_in()) {
    wake_.wait_for(lock, *chores, ready);
  } else {
    wake_.wait(lock, ready);
  }
  // Those whom the last group answered often come back at once. Without a moment's patience the first of them would get
  // a sync of its own, and the others wait for it: two syncs for each round instead of one.
  if (!waiting_.empty() && waiting_.size() < last_group_) {
    wake_at_ = last_group_;
    wake_.wait_for(lock, std::min(last_commit_ / 2, longest_patience), ready);
  }
  wake_at_ = no_wake;
}

Writer::Group Writer::take_group() {
  Group group;
  Group overdue;
  {
    std::unique_lock lock(mutex_);
    wait_for_work(lock);
    overdue = remove_overdue();
    group.swap(waiting_);
  }
  for (auto& operation : overdue) operation->answer({ErrorCode::timeout, "the disk did not get to it in time", {}});
  return group;
}

void Writer::loop() {
  keep_ballast();
  if (disk_.has_room_for(log_room_bytes)) make_room_for_log(path_);
  while (true) {
    Group group = take_group();
    if (!group.empty()) {
      commit(group);
      if (wal_frames_ - copied_frames_ >= most_frames) checkpoint();
      keep_ballast();
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ && waiting_.empty()) return;
    }
    do_chores();
  }
}

void Writer::commit(Group& group) {
  const auto begun = SteadyClock::now();
  auto done = try_commit(group);
  if (!done && done.error().code == ErrorCode::storage_full) {
    disk_.note_full();
    next_ballast_ = Deadline::in(pause);  // what is released is not made again before it has served
    // Nothing was committed: the same group again, now that there is room for what frees room. Submissions see the
    // full disk and write nothing.
    if (connection_->out_of_room() && disk_.release_ballast()) done = try_commit(group);
  }
  if (!done) {
    metrics_.commit_failures.Increment();
    log_.error("commit_failed",
               {{"code", name_of(done.error().code)}, {"error", done.error().message}, {"operations", group.size()}});
    for (auto& operation : group) operation->answer(done.error());
    return;
  }
  if (wal_frames_ < copied_frames_) copied_frames_ = 0;  // the log began anew
  last_group_ = group.size();
  last_commit_ = SteadyClock::now() - begun;
  metrics_.group_size.Observe(double(last_group_));
  metrics_.commit_seconds.Observe(std::chrono::duration<double>(last_commit_).count());
  metrics_.wal_bytes.Set(double(wal_frames_ * frame_bytes));
  on_commit_(table_->changes(), table_->counts());
  for (auto& operation : group) operation->answer();
}

Result<void> Writer::try_commit(Group& group) {
  auto done = ensure_open();
  if (done) done = apply_all(group);
  return done;
}

Result<void> Writer::apply_all(Group& group) {
  table_->begin_group();
  auto done = connection_->query(Sql::begin).run();
  for (auto operation = group.begin(); done && operation != group.end(); ++operation) {
    done = connection_->query(Sql::savepoint).run();
    if (!done) break;
    const auto mark = table_->mark();
    if (!(*operation)->apply(*table_)) {
      if (connection_->broken()) return std::unexpected(*connection_->broken());
      table_->roll_back_to(mark);
      done = connection_->query(Sql::rollback_to).run();
    }
    if (done) done = connection_->query(Sql::release).run();
  }
  if (done) done = table_->store_counts();
  if (done) done = connection_->query(Sql::commit).run();
  return done;
}

Result<void> Writer::adopt(std::unique_ptr<Connection> connection) {
  auto table = std::make_unique<JobTable>(*connection);
  if (auto loaded = table->load_counts(); !loaded) return loaded;
  sqlite3_wal_hook(connection->handle(), &note_frames, &wal_frames_);
  table_ = std::move(table);
  connection_ = std::move(connection);
  return {};
}

// A broken connection is closed only after its successor has read. As long as one of ours is open, SQLite does not read
// the log anew from disk, so frames whose sync failed stay out of the database and are written over.
Result<void> Writer::ensure_open() {
  if (!connection_->broken()) return {};
  // Fails where SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(connection_->handle()) == 0) (void)connection_->execute("ROLLBACK");
  auto opened = Connection::open(path_, Connection::Mode::write);
  auto adopted = opened ? adopt(std::move(*opened)) : std::unexpected(opened.error());
  if (adopted) log_.warn("store_reopened");
  return adopted;
}

std::optional<SteadyDuration> Writer::chores_in() const {
  const bool to_copy = wal_frames_ - copied_frames_ >= frames_worth_copying;
  if (to_copy && next_checkpoint_.passed()) return quiet;
  if (to_copy || disk_.wants_ballast()) return pause;
  return std::nullopt;
}

void Writer::do_chores() {
  if (wal_frames_ - copied_frames_ >= frames_worth_copying) checkpoint();
  keep_ballast();
}

void Writer::keep_ballast() {
  if (!disk_.wants_ballast() || !next_ballast_.passed()) return;
  next_ballast_ = Deadline::in(pause);
  disk_.keep_ballast();
}

void Writer::checkpoint() {
  if (!next_checkpoint_.passed() || !ensure_open()) return;
  const auto begun = SteadyClock::now();
  int in_log = 0;
  int copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (code != SQLITE_OK) {
    log_.warn("checkpoint_failed", {{"error", connection_->error(code).message}});
    next_checkpoint_ = Deadline::in(pause);
    return;
  }
  metrics_.checkpoint_seconds.Observe(std::chrono::duration<double>(SteadyClock::now() - begun).count());
  wal_frames_ = in_log;
  copied_frames_ = copied;
  // A long read holds the rest back: no use in asking again at once.
  if (copied < in_log) next_checkpoint_ = Deadline::in(pause);
}

}  // namespace soundbite::embedded
