// The embedded store by itself: durable submissions and reads per second at several degrees of concurrency, and with
// --million the same verbs on a table of 1,000 and of 1,000,000 jobs, and the time to start with each.
//
//   store_bench [--million] [--seconds S] [FOLDER]
#include <sqlite3.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "adapter/embedded/embedded_store.h"

namespace {

using namespace soundbite;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point begun) {
  return std::chrono::duration<double>(SteadyClock::now() - begun).count();
}

// Of all threads, the kernel's share included: what a busy machine leaves comparable.
double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// A store in `folder`, and what it needs.
struct Bench {
  SystemClock clock;
  std::unique_ptr<Random> random = make_system_random();
  Log log{LogFormat::text, LogLevel::warn};
  prometheus::Registry registry;
  asio::io_context io{1};
  std::unique_ptr<EmbeddedStore> store;

  explicit Bench(const std::string& folder) {
    store =
        value_of(open_embedded_store({.data_dir = folder, .queue_limit = 100'000'000}, clock, *random, log, registry));
  }

  Submission submission() {
    const Time now = clock.now();
    Job job{.id = JobId::make(now, *random),
            .environment = "development",
            .created_at = now,
            .updated_at = now,
            .expires_at = now + std::chrono::days(30),
            .due_at = now,
            .characters = 120,
            .voice_id = "en_US-joe-medium"};
    JobSpec spec{.speech = {.text = std::string(120, 'x'), .voice_id = job.voice_id}};
    IdempotencyRecord record{.scope = "||POST|/api/v1/soundbites|" + JobId::make(now, *random).text(),
                             .fingerprint = std::string(32, 'f'),
                             .expires_at = now + std::chrono::hours(24),
                             .response = {202, {{"Location", "/api/v1/soundbites/x"}}, std::string(700, 'b')}};
    return {std::move(job), std::move(spec), std::move(record)};
  }
};

awaitable<void> submit_until(Bench& bench, SteadyClock::time_point end, std::vector<JobId>& ids,
                             std::vector<double>& latencies) {
  while (SteadyClock::now() < end) {
    Submission submission = bench.submission();
    const JobId id = submission.job.id;
    const auto begun = SteadyClock::now();
    value_of(co_await bench.store->jobs().submit(std::move(submission), Deadline::never()));
    latencies.push_back(seconds_since(begun));
    ids.push_back(id);
  }
}

// The ids from `from` on, every `step`-th; once, or again and again until `end`.
awaitable<void> get_all(Bench& bench, std::optional<SteadyClock::time_point> end, const std::vector<JobId>& ids,
                        std::size_t from, std::size_t step, std::size_t& done) {
  do {
    for (std::size_t i = from; i < ids.size(); i += step) {
      value_of(co_await bench.store->jobs().get(ids[i], {}, Deadline::never()));
      ++done;
    }
  } while (end && SteadyClock::now() < *end);
}

std::vector<JobId> measure_submits(Bench& bench, std::size_t concurrency, double seconds) {
  const double cpu_before = cpu_seconds();
  const auto begun = SteadyClock::now();
  const auto end = begun + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
  std::vector<JobId> ids;
  std::vector<double> latencies;
  for (std::size_t i = 0; i < concurrency; ++i) {
    asio::co_spawn(bench.io, submit_until(bench, end, ids, latencies), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  bench.io.restart();
  bench.io.run();
  const double elapsed = seconds_since(begun);
  const double cpu = cpu_seconds() - cpu_before;
  std::ranges::sort(latencies);
  std::printf("submit  %3zu at once: %8.0f/s   cpu %5.0f us each   p50 %6.2f ms   p99 %6.2f ms   max %6.2f ms\n",
              concurrency, double(ids.size()) / elapsed, cpu * 1e6 / double(ids.size()),
              latencies[latencies.size() / 2] * 1e3, latencies[latencies.size() * 99 / 100] * 1e3,
              latencies.back() * 1e3);
  return ids;
}

// Of records in memory for some seconds; of records on disk, each once.
void measure_gets(Bench& bench, std::size_t concurrency, const std::vector<JobId>& ids, std::optional<double> seconds) {
  const auto begun = SteadyClock::now();
  std::optional<SteadyClock::time_point> end;
  if (seconds) end = begun + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(*seconds));
  std::size_t done = 0;
  for (std::size_t i = 0; i < concurrency; ++i) {
    asio::co_spawn(bench.io, get_all(bench, end, ids, i, concurrency, done), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  bench.io.restart();
  bench.io.run();
  std::printf("get, %s  %3zu at once: %8.0f/s\n", seconds ? "from memory" : "from disk  ", concurrency,
              double(done) / seconds_since(begun));
}

// The median over calls one at a time, in milliseconds.
template <class Call>
double median_ms(Bench& bench, int calls, Call call) {
  std::vector<double> times;
  asio::co_spawn(
      bench.io,
      [&]() -> awaitable<void> {
        for (int i = 0; i < calls; ++i) {
          const auto begun = SteadyClock::now();
          co_await call(i);
          times.push_back(seconds_since(begun) * 1e3);
        }
      },
      [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
      });
  bench.io.restart();
  bench.io.run();
  std::ranges::sort(times);
  return times[times.size() / 2];
}

// Fills up to `total` jobs, of which one in a thousand stays pending; the others become ready, straight in the table,
// because claiming and completing a million of them is not what is measured.
std::vector<JobId> fill(const std::string& folder, std::size_t total) {
  std::vector<JobId> ids;
  {
    Bench bench(folder);
    for (std::size_t i = 0; i < 256; ++i) {
      asio::co_spawn(
          bench.io,
          [](Bench& b, std::vector<JobId>& made, std::size_t wanted) -> awaitable<void> {
            while (made.size() < wanted) {
              Submission submission = b.submission();
              made.push_back(submission.job.id);
              value_of(co_await b.store->jobs().submit(std::move(submission), Deadline::never()));
            }
          }(bench, ids, total),
          asio::detached);
    }
    bench.io.run();
    bench.store->close();
  }
  sqlite3* database = nullptr;
  sqlite3_open((folder + "/soundbite.db").c_str(), &database);
  sqlite3_exec(database,
               "BEGIN; UPDATE job SET status = 2, format = 'mp3', sample_rate = 22050, channels = 1, bytes = 9000, "
               "duration_s = 1.5, sha256 = hex(id), blob_key = 'jobs/' || hex(id) || '/1/audio.mp3', attempt = 1 "
               "WHERE seq % 1000 <> 0; UPDATE counts SET pending = (SELECT count(*) FROM job WHERE status = 0), "
               "ready = (SELECT count(*) FROM job WHERE status = 2); COMMIT; PRAGMA wal_checkpoint(TRUNCATE)",
               nullptr, nullptr, nullptr);
  sqlite3_close(database);
  return ids;
}

void measure_table(const std::string& folder, const std::vector<JobId>& ids) {
  const auto opening = SteadyClock::now();
  Bench bench(folder);
  const double start_ms = seconds_since(opening) * 1e3;
  auto& store = bench.store->jobs();
  constexpr int calls = 500;
  const auto far_apart = [&](int i) { return ids[std::size_t(i) * 7919 % ids.size()]; };
  const double get = median_ms(bench, calls, [&](int i) -> awaitable<void> {
    value_of(co_await store.get(far_apart(i), {}, Deadline::never()));
  });
  const double hot = median_ms(bench, calls, [&](int i) -> awaitable<void> {
    value_of(co_await store.get(far_apart(i), {}, Deadline::never()));
  });
  const double list = median_ms(
      bench, calls, [&](int) -> awaitable<void> { value_of(co_await store.list({.limit = 20}, Deadline::never())); });
  const double list_ready = median_ms(bench, calls, [&](int i) -> awaitable<void> {
    value_of(co_await store.list({.status = Status::ready, .limit = 20, .before = far_apart(i)}, Deadline::never()));
  });
  const double counts =
      median_ms(bench, calls, [&](int) -> awaitable<void> { value_of(co_await store.counts(Deadline::never())); });
  const double submit = median_ms(bench, calls, [&](int) -> awaitable<void> {
    value_of(co_await store.submit(bench.submission(), Deadline::never()));
  });
  const double claim = median_ms(bench, calls, [&](int) -> awaitable<void> {
    const auto messages = value_of(co_await bench.store->queue().receive(1, Deadline::never()));
    value_of(co_await store.claim(messages.front().id, "bench", Deadline::never()));
    value_of(co_await bench.store->queue().acknowledge(messages.front(), Deadline::never()));
  });
  bench.store->close();
  std::printf(
      "%8zu jobs: start %6.1f ms | get, cold %.3f  get, hot %.4f  list %.3f  list by status %.3f  counts %.3f  "
      "submit %.3f  receive+claim+ack %.3f ms | database %.0f MB\n",
      ids.size(), start_ms, get, hot, list, list_ready, counts, submit, claim,
      double(std::filesystem::file_size(folder + "/soundbite.db")) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = std::filesystem::temp_directory_path() / "soundbite_store_bench";
  bool million = false;
  double seconds = 3;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--million") == 0) {
      million = true;
    } else if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
      seconds = std::atof(argv[++i]);
    } else {
      folder = argv[i];
    }
  }
  if (million) {
    std::filesystem::remove_all(folder);
    const auto few = fill(folder + "/few", 1'000);
    const auto many = fill(folder + "/many", 1'000'000);
    for (int round = 0; round < 3; ++round) {  // by turns, so that a busy moment does not fall on one side
      measure_table(folder + "/few", few);
      measure_table(folder + "/many", many);
    }
  } else {
    std::filesystem::remove_all(folder);
    Bench bench(folder);
    std::vector<JobId> ids;
    for (const std::size_t concurrency : {1, 8, 64}) ids = measure_submits(bench, concurrency, seconds);
    ids.resize(std::min<std::size_t>(ids.size(), 4'000));
    measure_gets(bench, 1, ids, seconds);
    measure_gets(bench, 64, ids, seconds);
    bench.store->close();
    Bench again(folder);
    measure_gets(again, 64, ids, std::nullopt);
    again.store->close();
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %ld MB\n", usage.ru_maxrss / 1024);
  std::filesystem::remove_all(folder);
  return 0;
}
