// Uploads into the embedded store by itself, durable before each answer, beside threads that only write and fsync such
// files on the same disk: by turns, so that both meet the same disk. And one long upload beside a file written and
// synced at its end, as dd conv=fsync does.
//
//   upload_bench [FOLDER]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "adapter/embedded/embedded_store.h"

namespace {

using namespace soundbite;
using SteadyClock = std::chrono::steady_clock;

constexpr int connections = 8;
constexpr int uploads = 200;
constexpr int rounds = 5;
constexpr std::size_t upload_bytes = 1 << 20;
constexpr std::size_t batch_bytes = 256 << 10;  // as the service hands them over
constexpr std::size_t long_bytes = std::size_t{1} << 30;
constexpr std::size_t keep_bytes = 64 << 20;

double seconds_since(SteadyClock::time_point begun) {
  return std::chrono::duration<double>(SteadyClock::now() - begun).count();
}

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void write_and_sync(const std::string& path, std::span<const std::byte> block, std::size_t bytes) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  for (std::size_t at = 0; at < bytes; at += block.size()) value_of(file.write_all(block));
  if (::fsync(file.fd()) != 0) throw std::runtime_error("fsync failed");
}

class Bench {
 public:
  explicit Bench(const std::string& folder) : folder_(folder), block_(batch_bytes) {
    const auto random = make_seeded_random(1);
    for (auto& byte : block_) byte = std::byte(int(random->uniform() * 256));
    store_ = value_of(open_embedded_store({.data_dir = folder + "/store"}, clock_, *random_, log_, registry_));
  }

  double store_rate() {
    const auto begun = SteadyClock::now();
    for (int i = 0; i < connections; ++i) spawn(upload_some(uploads / connections));
    finish();
    return uploads / seconds_since(begun);
  }

  double peer_rate() {
    const std::string folder = folder_ + "/peer";
    std::filesystem::create_directory(folder);
    const auto begun = SteadyClock::now();
    std::vector<std::jthread> threads;
    for (int i = 0; i < connections; ++i) {
      threads.emplace_back([this, &folder, i] {
        for (int n = 0; n < uploads / connections; ++n) {
          write_and_sync(folder + "/" + std::to_string(i) + "-" + std::to_string(n), block_, upload_bytes);
        }
      });
    }
    threads.clear();
    const double rate = uploads / seconds_since(begun);
    std::filesystem::remove_all(folder);
    return rate;
  }

  double long_store_rate() {
    const auto begun = SteadyClock::now();
    spawn(upload_one(long_bytes));
    finish();
    return double(long_bytes) / seconds_since(begun);
  }

  double long_peer_rate() {
    const std::string path = folder_ + "/long";
    const auto begun = SteadyClock::now();
    write_and_sync(path, block_, long_bytes);
    const double rate = double(long_bytes) / seconds_since(begun);
    std::filesystem::remove(path);
    return rate;
  }

  // So that no turn pays for the deletions of the one before.
  void empty() {
    for (const auto id : std::exchange(made_, {})) {
      spawn([](FileStore& files, FileId one) -> awaitable<void> {
        value_of(co_await files.remove(one, {}, Deadline::never()));
      }(store_->files(), id));
    }
    finish();
    ::sync();
  }

 private:
  void spawn(awaitable<void> task) {
    asio::co_spawn(io_, std::move(task), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  void finish() {
    io_.restart();
    io_.run();
  }

  awaitable<void> upload_some(int count) {
    for (int i = 0; i < count; ++i) co_await upload_one(upload_bytes);
  }

  awaitable<void> upload_one(std::size_t bytes) {
    const Time now = clock_.now();
    const auto id = UploadId::make(now, *random_);
    const Upload upload{.id = id, .length = bytes, .created_at = now, .expires_at = now + std::chrono::hours(1)};
    value_of(co_await store_->uploads().create(upload, Deadline::never()));
    const auto writer = value_of(co_await store_->uploads().acquire(id, {}, Deadline::never()));
    for (std::size_t at = 0; at < bytes; at += block_.size()) {
      value_of(co_await writer->append(block_, Deadline::never()));
      const std::size_t there = at + block_.size();
      if (there % keep_bytes == 0 && there < bytes) value_of(co_await writer->keep({}, Deadline::never()));
    }
    const StoredFile file{.id = {id.bytes}, .bytes = bytes, .expires_at = now + std::chrono::hours(1)};
    value_of(co_await writer->become(file, Deadline::never()));
    made_.push_back(file.id);
  }

  const std::string folder_;
  std::vector<std::byte> block_;
  SystemClock clock_;
  std::unique_ptr<Random> random_ = make_system_random();
  Log log_{LogFormat::text, LogLevel::warn};
  prometheus::Registry registry_;
  asio::io_context io_{1};
  std::unique_ptr<EmbeddedStore> store_;
  std::vector<FileId> made_;
};

// Median and spread of both sides and of the ratio within each turn.
template <class Store, class Peer>
void compare(const char* what, const char* unit, double scale, Bench& bench, Store store, Peer peer) {
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    theirs.push_back(peer() / scale);
    ::sync();
    ours.push_back(store() / scale);
    bench.empty();
    ratios.push_back(ours.back() / theirs.back());
  }
  for (auto* values : {&ours, &theirs, &ratios}) std::ranges::sort(*values);
  const auto middle = std::size_t(rounds / 2);
  std::printf("%-28s store %7.1f %s (%.1f-%.1f)   write+fsync %7.1f %s (%.1f-%.1f)   ratio %.2f (%.2f-%.2f)\n", what,
              ours[middle], unit, ours.front(), ours.back(), theirs[middle], unit, theirs.front(), theirs.back(),
              ratios[middle], ratios.front(), ratios.back());
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = argc > 1 ? std::string(argv[1]) : std::filesystem::temp_directory_path().string();
  folder += "/upload_bench_XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "cannot make %s\n", folder.c_str());
    return 1;
  }
  {
    Bench bench(folder);
    compare(
        "200 uploads of 1 MB, 8 at once", "/s", 1, bench, [&] { return bench.store_rate(); },
        [&] { return bench.peer_rate(); });
    compare(
        "one upload of 1 GB", "MB/s", 1e6, bench, [&] { return bench.long_store_rate(); },
        [&] { return bench.long_peer_rate(); });
  }
  std::filesystem::remove_all(folder);
  return 0;
}
