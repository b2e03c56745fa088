#include "app/wiring.h"

#include <unistd.h>

#include <boost/json/value_from.hpp>

#include "app/config/values.h"
#include "app/media_settings.h"
#include "app/signing_key.h"
#include "app/version.h"
#include "vad/silero.h"

namespace soundbite {

namespace {

// Tells this process's leases from those of any other that ever ran.
std::string worker_name(const Clock& clock) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return std::string(host.data()) + ":" + std::to_string(::getpid()) + ":" + format_rfc3339(clock.now());
}

boost::json::value describe(const std::optional<SandboxReport>& report) {
  if (!report) return nullptr;  // the child's program is only starting
  return {{"level", name_of(report->level)},
          {"layers", boost::json::value_from(report->layers)},
          {"missing", boost::json::value_from(report->missing)}};
}

}  // namespace

Server::Server(const Config& config)
    : config_(config), log_(config.log_format, config.log_level), random_(make_system_random()) {}

Server::~Server() {
  if (preload_.joinable()) preload_.join();
  http_.reset();
  worker_.reset();
  sweeper_.reset();
  arriving_.join();
  if (store_) store_->close();
}

Result<std::unique_ptr<Server>> Server::assemble(const Config& config) {
  std::unique_ptr<Server> server(new Server(config));
  if (auto assembled = server->assemble_parts(); !assembled) return std::unexpected(assembled.error());
  return server;
}

Result<void> Server::assemble_parts() {
  // Decoding and encoding: a program of its own, started while this process has one thread.
  if (config_.workers > 0) {
    auto options = media_options(config_);
    options.spool_folder = config_.data_dir + "/tmp";
    auto media = start_media_host(std::move(options), log_, registry_);
    if (!media) return std::unexpected(media.error());
    media_ = std::move(*media);
  }

  // Jobs, queue, blobs, recordings and uploads.
  auto store = open_embedded_store({.data_dir = config_.data_dir,
                                    .queue_limit = config_.queue_limit,
                                    .lease = config_.lease,
                                    .retry = {.max_attempts = static_cast<int>(config_.max_attempts)},
                                    .record_life = config_.retention,
                                    .reserve_bytes = config_.disk_reserve.count},
                                   clock_, *random_, log_, registry_);
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);

  // Voices: listed now, loaded when first used.
  auto speech = make_speech_engine({.voices_dirs = config_.voices_dirs,
                                    .onnxruntime_library = config_.onnxruntime,
                                    .concurrent_runs = std::max<std::size_t>(1, config_.workers)},
                                   log_, registry_);
  if (!speech) return std::unexpected(speech.error());
  speech_ = std::move(*speech);

  // Who speaks when in a recording: loaded when first asked.
  detector_ = make_silero_detector({.onnxruntime_library = config_.onnxruntime, .model = config_.vad_model});

  // Recordings that requests name by their address.
  fetcher_ = make_fetcher({.limits = {.max_bytes = config_.max_file.count},
                           .also_allowed = split_list(config_.url_allow),
                           .user_agent = "SoundBite/" + std::string(version())});

  // What the API means.
  const auto key = load_signing_key(config_.data_dir, *random_);
  if (!key) return std::unexpected(key.error());
  files_ = std::make_unique<Files>(store_->files(), store_->blobs(), arriving_, clock_, *random_, registry_,
                                   FilesOptions{.environment = config_.environment,
                                                .file_life = config_.file_retention,
                                                .max_bytes = config_.max_file.count,
                                                .signing_key = *key});
  uploads_ =
      std::make_unique<Uploads>(store_->uploads(), store_->blobs(), arriving_, clock_, *random_, files_->instruments(),
                                UploadsOptions{.environment = config_.environment,
                                               .upload_life = config_.upload_retention,
                                               .file_life = config_.file_retention,
                                               .max_bytes = config_.max_file.count});
  soundbites_ =
      std::make_unique<Soundbites>(store_->jobs(), store_->blobs(), store_->files(), *speech_, clock_, *random_,
                                   SoundbitesOptions{.environment = config_.environment,
                                                     .default_voice = config_.default_voice,
                                                     .record_life = config_.retention});
  health_ = std::make_unique<Health>(
      store_->jobs(), store_->blobs(), *speech_, [media = media_.get()] { return media ? media->state() : "ok"; },
      std::string(version()),
      media_ ? [media = media_.get()] { return describe(media->report()); } : std::function<boost::json::value()>());

  // How clients reach it.
  http_ = make_http_server(io_.get_executor(),
                           {.host = config_.listen.host,
                            .port = config_.listen.port,
                            .public_url = config_.public_url,
                            .limits = {.max_text_characters = config_.max_text},
                            .max_body_bytes = config_.max_text * 12 + 65'536,  // every character escaped, and the rest
                            .max_file_bytes = config_.max_file.count,
                            .max_connections = config_.max_connections,
                            .header_timeout = config_.header_timeout,
                            .request_timeout = config_.request_timeout,
                            .idle_timeout = config_.idle_timeout},
                           {*soundbites_, *files_, *uploads_, *speech_, *health_, registry_, *random_, clock_, log_});

  // Who does the work, and who cleans up.
  if (media_) {
    worker_ = make_worker(io_.get_executor(),
                          {.slots = config_.workers,
                           .name = worker_name(clock_),
                           .lease = config_.lease,
                           .heartbeat = config_.lease / 3,
                           .media = media_limits(config_)},
                          {store_->jobs(), store_->queue(), store_->blobs(), store_->files(), *fetcher_, *speech_,
                           *media_, *detector_, clock_, log_, registry_});
  }
  sweeper_ = std::make_unique<Sweeper>(
      io_.get_executor(), SweeperPorts{store_->jobs(), store_->blobs(), store_->files(), store_->uploads(), log_},
      SweeperOptions{});
  return {};
}

Result<ListenAddress> Server::listen() {
  const auto port = http_->listen();
  if (!port) return std::unexpected(port.error());
  return ListenAddress{config_.listen.host, *port};
}

void Server::run() {
  asio::co_spawn(io_, stop_on_signal(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  if (worker_) {
    worker_->start();
    preload_ = std::jthread([this] { preload(); });
  }
  sweeper_->start();
  io_.run();
}

void Server::preload() {
  const std::string voice = config_.default_voice.empty() ? first_working_voice(*speech_) : config_.default_voice;
  if (const auto loaded = speech_->preload(voice); !loaded)
    log_.warn("default_voice_not_loaded", {{"voice", voice}, {"reason", loaded.error().message}});
}

awaitable<void> Server::stop_on_signal() {
  using namespace asio::experimental::awaitable_operators;
  const int signal = co_await signals_.async_wait(asio::use_awaitable);
  signals_.clear();  // the next one finds no handler and ends the process at once
  log_.info("stopping", {{"signal", signal}, {"grace_ms", config_.grace.count()}});
  health_->begin_stopping();
  const auto grace = Deadline::in(config_.grace);
  if (worker_) {
    co_await (worker_->stop(grace) && http_->stop(grace) && sweeper_->stop());
  } else {
    co_await (http_->stop(grace) && sweeper_->stop());
  }
  log_.info("stopped");
}

}  // namespace soundbite
