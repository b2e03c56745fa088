// HTTP by itself: a server with one settled job in memory. Prints the address of the job and serves until standard
// input ends, so that wrk can be pointed at it:
//
//   mkfifo hold; http_bench warn <hold & exec 9>hold      and then      wrk -t1 -c64 -d5 URL
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <string_view>
#include <thread>

#include "http/server.h"
#include "tests/support/engines.h"
#include "tests/support/memory_store.h"

namespace {

using namespace soundbite;

Job settled_job(Time now, Random& random) {
  Job job;
  job.id = JobId::make(now, random);
  job.environment = "development";
  job.voice_id = "en_US-joe-medium";
  job.status = Status::ready;
  job.created_at = job.updated_at = now;
  job.started_at = job.settled_at = now;
  job.expires_at = now + std::chrono::days(30);
  job.characters = 120;
  job.progress = 1;
  job.attempt = 1;
  job.version = 4;
  job.output = Output{Format::mp3, 22'050, 1, 65'536, 8.1, std::string(64, 'a'), "jobs/1/1/audio.mp3"};
  return job;
}

}  // namespace

int main(int argc, char** argv) {
  const bool log_requests = argc > 1 && std::string_view(argv[1]) == "info";
  asio::io_context io{1};
  const SystemClock clock;
  const auto random = make_system_random();
  Log log(LogFormat::text, log_requests ? LogLevel::info : LogLevel::warn);
  prometheus::Registry registry;
  MemoryStore store(io.get_executor(), clock);
  FakeSpeech speech;
  asio::thread_pool disk(1);
  Soundbites soundbites(store, store, store.files, speech, clock, *random, {});
  Files files(store.files, store, disk, clock, *random, registry, {});
  Uploads uploads(store.uploads, store, disk, clock, *random, files.instruments(), {});
  Health health(store, store, speech, [] { return "ok"; }, "bench");
  const Job job = settled_job(clock.now(), *random);
  store.records[job.id] = {job, {}};
  store.blob_bytes[job.output->blob_key] = std::string(job.output->bytes, 'x');

  HttpOptions options;
  options.port = 0;
  const auto server = make_http_server(io.get_executor(), options,
                                       {soundbites, files, uploads, speech, health, registry, *random, clock, log});
  const auto port = server->listen();
  if (!port) {
    std::fprintf(stderr, "%s\n", port.error().message.c_str());
    return 1;
  }
  std::printf("http://127.0.0.1:%u/api/v1/soundbites/%s\n", unsigned{*port}, job.id.text().c_str());
  std::fflush(stdout);
  std::thread serving([&] { io.run(); });
  while (std::getchar() != EOF) {
  }
  asio::co_spawn(io, server->stop(Deadline::in(Milliseconds(1'000))), [&](const std::exception_ptr&) { io.stop(); });
  serving.join();
  return 0;
}
