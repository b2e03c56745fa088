// What a server is made of, and in what order: read wiring.cc from top to bottom.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <thread>

#include "adapter/embedded/embedded_store.h"
#include "app/config/settings.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/time.h"
#include "http/server.h"
#include "net/fetcher.h"
#include "port/speech_detector.h"
#include "sandbox/media_host.h"
#include "service/files.h"
#include "service/health.h"
#include "service/soundbites.h"
#include "service/uploads.h"
#include "speech/engine.h"
#include "worker/sweeper.h"
#include "worker/worker.h"

namespace soundbite {

class Server {
 public:
  // Call before the process has threads: the media program is started first. Errors: one line for the user.
  static Result<std::unique_ptr<Server>> assemble(const Config& config);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Binds the address. Errors: unavailable (the port is taken).
  Result<ListenAddress> listen();

  // Serves and works until SIGTERM or SIGINT, then lets what is under way finish within the grace period. A second
  // signal ends the process at once.
  void run();

 private:
  explicit Server(const Config& config);
  Result<void> assemble_parts();
  awaitable<void> stop_on_signal();
  void preload();
  static constexpr std::size_t arriving_threads = 2;

  Config config_;
  Log log_;
  prometheus::Registry registry_;
  SystemClock clock_;
  std::unique_ptr<Random> random_;
  asio::io_context io_{1};  // everything but synthesis and the store's writer runs on its one thread
  // Heard from before the ready line on: who reads it may stop the server at once.
  asio::signal_set signals_{io_, SIGTERM, SIGINT};

  std::unique_ptr<MediaHost> media_;  // null without workers
  std::unique_ptr<SpeechEngine> speech_;
  std::unique_ptr<SpeechDetector> detector_;
  std::unique_ptr<EmbeddedStore> store_;
  std::unique_ptr<Fetcher> fetcher_;
  asio::thread_pool arriving_{arriving_threads};  // hashes and writes what clients upload
  std::unique_ptr<Soundbites> soundbites_;
  std::unique_ptr<Files> files_;
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<Health> health_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<Worker> worker_;  // null without workers
  std::unique_ptr<Sweeper> sweeper_;
  std::jthread preload_;
};

}  // namespace soundbite
