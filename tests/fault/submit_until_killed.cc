// Submits jobs, works on them and takes recordings until it is killed. Tells every acknowledgement on standard output:
// "S id" for a submission, "R id" for a job that is ready, "A id" for a file that was added, "U id" for an upload that
// was created, "K id" for a chunk of it that was kept, "B id" when it became a file.
//
//   submit_until_killed FOLDER
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>

#include "adapter/embedded/embedded_store.h"
#include "base/async.h"
#include "tests/fault/recording_bytes.h"

namespace {

using namespace soundbite;

// One write for one line, so that the reader gets whole ones or none.
template <class Id>
void tell(char what, Id id) {
  const std::string line = std::string(1, what) + " " + id.text() + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) != ssize_t(line.size())) ::_exit(1);
}

awaitable<void> submit_forever(EmbeddedStore& store, const Clock& clock, Random& random) {
  while (true) {
    const Time now = clock.now();
    const Job job{.id = JobId::make(now, random),
                  .created_at = now,
                  .updated_at = now,
                  .expires_at = now + std::chrono::days(1),
                  .due_at = now};
    Submission one{job, {.speech = {.text = "Hello", .voice_id = "v"}}, std::nullopt};
    if ((co_await store.jobs().submit(std::move(one), Deadline::never()))) tell('S', job.id);
  }
}

awaitable<void> work_forever(EmbeddedStore& store) {
  while (true) {
    const auto messages = co_await store.queue().receive(1, Deadline::never());
    for (const auto& message : messages.value()) {
      const auto claim = (co_await store.jobs().claim(message.id, "doomed", Deadline::never())).value();
      const auto id = claim.job.id;
      const auto attempt = claim.job.attempt;
      auto scratch = (co_await store.blobs().scratch(Deadline::never())).value();
      const std::string audio = "audio of " + id.text();
      scratch.file.write_all(std::as_bytes(std::span(audio))).value();
      const Output output{.bytes = audio.size(),
                          .sha256 = std::string(64, 'a'),
                          .blob_key = "jobs/" + id.text() + "/" + std::to_string(attempt) + "/audio.mp3"};
      (co_await store.blobs().put(output.blob_key, std::move(scratch), Deadline::never())).value();
      (co_await store.jobs().complete(id, attempt, output, Deadline::never())).value();
      tell('R', id);
      (co_await store.queue().acknowledge(message, Deadline::never())).value();
    }
  }
}

StoredFile file(FileId id, std::uint64_t bytes, Time now) {
  return {.id = id, .bytes = bytes, .created_at = now, .expires_at = now + std::chrono::days(1)};
}

awaitable<void> add_forever(EmbeddedStore& store, const Clock& clock, Random& random) {
  while (true) {
    const auto id = FileId::make(clock.now(), random);
    auto scratch = (co_await store.blobs().scratch(Deadline::never())).value();
    const std::string bytes = recording_of(id.bytes, chunk_bytes);
    scratch.file.write_all(std::as_bytes(std::span(bytes))).value();
    auto added = co_await store.files().add(file(id, chunk_bytes, clock.now()), std::move(scratch), Deadline::never());
    added.value();
    tell('A', id);
  }
}

awaitable<void> upload_forever(EmbeddedStore& store, const Clock& clock, Random& random) {
  while (true) {
    const Time now = clock.now();
    const auto id = UploadId::make(now, random);
    const Upload upload{.id = id, .length = upload_bytes, .created_at = now, .expires_at = now + std::chrono::days(1)};
    (co_await store.uploads().create(upload, Deadline::never())).value();
    tell('U', id);
    const auto writer = (co_await store.uploads().acquire(id, {}, Deadline::never())).value();
    const std::size_t last = chunks_of_upload - 1;
    for (std::size_t i = 0; i < last; ++i) {
      const std::string bytes = chunk_of(id.bytes, i);
      (co_await writer->append(std::as_bytes(std::span(bytes)), Deadline::never())).value();
      (co_await writer->keep({}, Deadline::never())).value();
      tell('K', id);
    }
    const std::string rest = chunk_of(id.bytes, last);
    (co_await writer->place(file_of(id), std::as_bytes(std::span(rest)), Deadline::never())).value();
    (co_await writer->become(file(file_of(id), upload_bytes, now), Deadline::never())).value();
    tell('B', id);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: submit_until_killed FOLDER\n", stderr);
    return 2;
  }
  const SystemClock clock;
  const auto random = make_system_random();
  Log log(LogFormat::text, LogLevel::error);
  prometheus::Registry registry;
  asio::io_context io{1};
  auto store = open_embedded_store({.data_dir = argv[1], .reserve_bytes = 1 << 20}, clock, *random, log, registry);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    return 1;
  }
  const auto rethrow = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  };
  for (int i = 0; i < 8; ++i) asio::co_spawn(io, submit_forever(**store, clock, *random), rethrow);
  for (int i = 0; i < 2; ++i) asio::co_spawn(io, work_forever(**store), rethrow);
  for (int i = 0; i < 2; ++i) asio::co_spawn(io, add_forever(**store, clock, *random), rethrow);
  for (int i = 0; i < 4; ++i) asio::co_spawn(io, upload_forever(**store, clock, *random), rethrow);
  io.run();
  return 0;
}
