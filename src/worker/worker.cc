#include "worker/worker.h"

#include <algorithm>
#include <list>

#include "worker/attempt.h"
#include "worker/worker_metrics.h"

namespace soundbite {

namespace {

constexpr std::chrono::seconds port_call{10};     // one call to a store or queue
constexpr std::chrono::seconds receive_wait{20};  // one long poll
constexpr Milliseconds lease_margin{2'000};       // work is abandoned this long before the lease ends, clocks differ

constexpr std::chrono::minutes gathering{10};  // of all recordings; a URL has limits of its own

std::string blob_key(const Job& job, Format format) {
  return "jobs/" + job.id.text() + '/' + std::to_string(job.attempt) + "/audio." +
         std::string(traits_of(format).extension);
}

// An attempt under way: `stop` ends its thread, `stopped` what it awaits.
struct Running {
  explicit Running(const asio::any_io_executor& executor) : stopped(executor) {}
  void end() {
    control.stop.request_stop();
    stopped.notify();
  }

  AttemptControl control;
  Event stopped;
};

class WorkerLoop final : public Worker {
 public:
  WorkerLoop(asio::any_io_executor executor, WorkerOptions options, WorkerPorts ports)
      : options_(std::move(options)),
        ports_(ports),
        metrics_(ports.registry),
        cpu_(std::max<std::size_t>(options_.slots, 1)),
        slots_(executor),
        stop_event_(executor) {}

  ~WorkerLoop() override { cpu_.join(); }

  void start() override {
    for (std::size_t i = 0; i < options_.slots; ++i) slots_.spawn(slot());
  }

  awaitable<void> stop(Deadline grace) override {
    stopping_ = true;
    stop_event_.notify();
    TaskGroup cutoff(co_await asio::this_coro::executor);
    cutoff.spawn(stop_attempts_at(grace));
    co_await slots_.join();
    cutoff.cancel();
    co_await cutoff.join();
  }

  awaitable<bool> run_once(Deadline deadline) override {
    if (!ports_.blobs.has_room()) {  // a state, not a failure: no attempt is spent on it
      co_await stop_event_.wait(std::min(deadline, Deadline::in(options_.pause), sooner));
      co_return false;
    }
    auto message = co_await receive(deadline);
    if (!message) co_return false;
    auto claim = co_await ports_.jobs.claim(message->id, options_.name, Deadline::in(port_call));
    if (claim && !settled(claim->job.status)) {
      co_await run(std::move(*claim));
    } else if (!claim && retryable(claim.error().code)) {
      ports_.log.warn("claim_failed", {{"job", message->id.text()}, {"error", claim.error().message}});
    }
    if (auto done = co_await ports_.queue.acknowledge(*message, Deadline::in(port_call)); !done) {
      ports_.log.warn("acknowledge_failed", {{"job", message->id.text()}, {"error", done.error().message}});
    }
    co_return true;
  }

 private:
  static bool sooner(const Deadline& a, const Deadline& b) { return a.at() < b.at(); }

  awaitable<void> slot() {
    while (!stopping_) co_await run_once(Deadline::in(receive_wait));
  }

  awaitable<std::optional<Message>> receive(Deadline deadline) {
    using namespace asio::experimental::awaitable_operators;
    auto first = co_await (ports_.queue.receive(1, deadline) || stop_event_.wait(Deadline::never()));
    if (first.index() == 1) co_return std::nullopt;
    auto& messages = std::get<0>(first);
    if (!messages) {
      ports_.log.warn("receive_failed", {{"error", messages.error().message}});
      co_await stop_event_.wait(Deadline::in(options_.pause));
      co_return std::nullopt;
    }
    if (messages->empty()) co_return std::nullopt;
    co_return messages->front();
  }

  awaitable<void> stop_attempts_at(Deadline grace) {
    co_await sleep_until(grace);
    for (auto& attempt : attempts_) attempt->end();
  }

  // Makes the audio while a second coroutine keeps the lease and listens for a cancel, then settles.
  awaitable<void> run(Claim claim) {
    const Job job = claim.job;
    const auto executor = co_await asio::this_coro::executor;
    auto running = std::make_shared<Running>(executor);
    const auto place = attempts_.insert(attempts_.end(), running);
    metrics_.queued.Observe(std::chrono::duration<double>(*job.started_at - job.created_at).count());
    ports_.log.info("attempt_started", {{"job", job.id.text()}, {"attempt", job.attempt}, {"voice", job.voice_id}});

    TaskGroup watch(executor);
    bool lost = false;
    watch.spawn(keep_lease(job, running, lost));
    auto outcome = co_await make_and_put(job, std::move(claim.spec), running);
    watch.cancel();
    co_await watch.join();
    attempts_.erase(place);
    if (lost) {
      metrics_.attempts("lost").Increment();
      ports_.log.info("attempt_dropped", {{"job", job.id.text()}, {"attempt", job.attempt}});
      if (outcome) co_await remove_blobs(blob_keys_of(*outcome));
      co_return;
    }
    co_await settle(job, std::move(outcome));
  }

  awaitable<Result<Output>> make_and_put(const Job& job, JobSpec spec, std::shared_ptr<Running> running) {
    auto materials = co_await gather(job, spec, *running);
    if (!materials) co_return std::unexpected(materials.error());
    auto made = co_await run_on(cpu_, [&]() -> Result<AttemptResult> {
      try {
        return make_audio(spec, *materials, options_.media, {ports_.speech, ports_.media, ports_.detector, ports_.log},
                          running->control);
      } catch (const std::exception& bug) {  // costs one attempt, not the process
        return fail(ErrorCode::internal, bug.what());
      }
    });
    if (!made) co_return std::unexpected(made.error());
    if (made->first_audio_s > 0) metrics_.first_audio.Observe(made->first_audio_s);
    made->output.blob_key = blob_key(job, spec.output.format);
    if (auto put = co_await put_all(made->output, std::move(*materials)); !put) co_return std::unexpected(put.error());
    co_return std::move(made->output);
  }

  // Until the attempt is ended.
  awaitable<Result<Materials>> gather(const Job& job, const JobSpec& spec, Running& running) {
    using namespace asio::experimental::awaitable_operators;
    if (running.control.stop.stop_requested()) co_return fail(ErrorCode::cancelled, "stopped");
    auto first =
        co_await (gather_materials(job, spec, {ports_.files, ports_.blobs, ports_.fetcher}, Deadline::in(gathering)) ||
                  running.stopped.wait(Deadline::never()));
    if (first.index() == 1) co_return fail(ErrorCode::cancelled, "stopped");
    co_return std::move(std::get<0>(first));
  }

  // The audio last: a record that names it finds everything.
  awaitable<Result<void>> put_all(const Output& output, Materials materials) {
    for (std::size_t i = 0; i < materials.artefacts.size(); ++i) {
      auto put = co_await ports_.blobs.put(artefact_key(output, static_cast<Artefact>(i)),
                                           std::move(materials.artefacts[i]), Deadline::in(port_call));
      if (!put) co_return put;
    }
    co_return co_await ports_.blobs.put(output.blob_key, std::move(materials.audio), Deadline::in(port_call));
  }

  // Heartbeats at the lease's pace, progress at the clients' pace. Ends, with `lost` set and the attempt told to stop,
  // when the job is no longer ours: cancelled, deleted, overtaken, or too near the lease's end to be sure.
  awaitable<void> keep_lease(Job job, std::shared_ptr<Running> running, bool& lost) {
    const Owner owner{job.tenant_id, job.user_id};
    const std::int64_t attempt = job.attempt;
    Time next_heartbeat = job.started_at.value_or(ports_.clock.now()) + options_.heartbeat;
    Time lease_until = job.lease->until;
    double reported = 0;
    while (true) {
      auto seen = co_await ports_.jobs.wait(job.id, owner, job.version, Deadline::in(options_.progress_interval));
      const bool gone = seen ? seen->attempt != attempt || seen->status != Status::processing
                             : seen.error().code == ErrorCode::not_found;
      const Time now = ports_.clock.now();
      if (gone || now > lease_until - lease_margin) {
        lost = true;
        running->end();
        co_return;
      }
      if (seen) job = std::move(*seen);
      const double progress = running->control.progress;
      if (now < next_heartbeat && progress < reported + 0.01) continue;
      auto beat = co_await ports_.jobs.heartbeat(job.id, attempt, progress, Deadline::in(port_call));
      if (beat) {
        job = std::move(*beat);
        lease_until = job.lease->until;
        next_heartbeat = now + options_.heartbeat;
        reported = progress;
      } else {
        ports_.log.warn("heartbeat_failed", {{"job", job.id.text()}, {"error", beat.error().message}});
      }
    }
  }

  awaitable<void> settle(const Job& job, Result<Output> outcome) {
    const bool stopped = stopping_ && !outcome && outcome.error().code == ErrorCode::cancelled;
    const auto keys = outcome ? blob_keys_of(*outcome) : std::vector<std::string>();
    // What a settled attempt says must reach the store while its lease lives; after that the job is someone else's.
    const Deadline lease_end = Deadline::in(options_.lease);
    for (int tries = 0;; ++tries) {
      const Deadline deadline = Deadline::in(port_call);
      auto settled_job = stopped   ? co_await ports_.jobs.give_back(job.id, job.attempt, deadline)
                         : outcome ? co_await ports_.jobs.complete(job.id, job.attempt, *outcome, deadline)
                                   : co_await ports_.jobs.fail_attempt(job.id, job.attempt, outcome.error(), deadline);
      if (settled_job) {
        report(*settled_job, outcome);
        co_return;
      }
      const ErrorCode code = settled_job.error().code;
      if (code == ErrorCode::conflict || code == ErrorCode::not_found) {
        // A lost answer to our own complete() looks the same: only the store knows whose blob it is.
        if (!keys.empty()) co_await remove_orphans(keys);
        metrics_.attempts("lost").Increment();
        co_return;
      }
      ports_.log.warn("settle_failed", {{"job", job.id.text()}, {"error", settled_job.error().message}});
      if (lease_end.passed() || (stopping_ && tries > 3)) co_return;  // the sweeper returns the job and finds the blob
      co_await stop_event_.wait(Deadline::in(options_.pause));
    }
  }

  void report(const Job& job, const Result<Output>& outcome) {
    const std::string_view result =
        job.status == Status::pending ? (stopping_ ? "given_back" : "retried") : name_of(job.status);
    metrics_.attempts(result).Increment();
    if (outcome && job.settled_at) {
      metrics_.processing.Observe(std::chrono::duration<double>(*job.settled_at - *job.started_at).count());
    }
    if (outcome) {
      ports_.log.info("attempt_done", {{"job", job.id.text()},
                                       {"attempt", job.attempt},
                                       {"status", name_of(job.status)},
                                       {"audio_s", outcome->duration_s},
                                       {"bytes", outcome->bytes}});
    } else {
      ports_.log.warn("attempt_failed", {{"job", job.id.text()},
                                         {"attempt", job.attempt},
                                         {"status", name_of(job.status)},
                                         {"code", name_of(outcome.error().code)},
                                         {"error", outcome.error().message}});
    }
  }

  awaitable<void> remove_orphans(std::vector<std::string> keys) {
    auto orphans = co_await ports_.jobs.orphans_among(std::move(keys), Deadline::in(port_call));
    if (orphans) co_await remove_blobs(std::move(*orphans));
  }

  awaitable<void> remove_blobs(std::vector<std::string> keys) {
    for (const auto& key : keys) {
      if (auto removed = co_await ports_.blobs.remove(key, Deadline::in(port_call)); !removed) {
        ports_.log.warn("blob_not_removed", {{"error", removed.error().message}});  // the sweeper will
      }
    }
  }

  WorkerOptions options_;
  WorkerPorts ports_;
  WorkerMetrics metrics_;
  asio::thread_pool cpu_;
  TaskGroup slots_;
  Event stop_event_;
  std::list<std::shared_ptr<Running>> attempts_;
  bool stopping_ = false;
};

}  // namespace

std::unique_ptr<Worker> make_worker(asio::any_io_executor executor, WorkerOptions options, WorkerPorts ports) {
  return std::make_unique<WorkerLoop>(std::move(executor), std::move(options), ports);
}

}  // namespace soundbite
