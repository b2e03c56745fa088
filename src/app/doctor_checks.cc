#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cmath>
#include <filesystem>
#include <memory>

#include "adapter/embedded/embedded_store.h"
#include "app/config/values.h"
#include "app/doctor.h"

namespace soundbite {

namespace {

constexpr rlim_t enough_descriptors = 4096;

Check well(std::string name, std::string detail) { return {std::move(name), Finding::ok, std::move(detail)}; }

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

// The folder itself, or the nearest above it that is there.
std::filesystem::path nearest_existing(std::filesystem::path path) {
  std::error_code error;
  path = std::filesystem::absolute(path, error).lexically_normal();
  while (!std::filesystem::exists(path, error) && path.has_relative_path()) path = path.parent_path();
  return path;
}

// What opening the folder as a server would say.
Check check_store(const Config& config) {
  const SystemClock clock;
  const auto random = make_system_random();
  Log log(LogFormat::text, LogLevel::off);
  prometheus::Registry registry;
  const auto store = open_embedded_store({.data_dir = config.data_dir, .reserve_bytes = config.disk_reserve.count},
                                         clock, *random, log, registry);
  if (store) {
    (*store)->close();
    return well("data folder", config.data_dir + " is sound and free");
  }
  if (store.error().code == ErrorCode::conflict) return well("data folder", config.data_dir + " is in use by a server");
  return {"data folder", Finding::fail, store.error().message, "mend it, or name another with --data-dir"};
}

std::vector<float> tone(int rate, double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(rate * seconds));
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<float>(0.3 * std::sin(2 * 3.14159265 * 440 * static_cast<double>(i) / rate));
  return samples;
}

Result<MediaReport> encode_tone(MediaEngine& media, Format format) {
  static constexpr int rate = 22'050;
  const File file(::memfd_create("soundbite-doctor", MFD_CLOEXEC));
  if (!file) return fail(ErrorCode::unavailable, "memfd_create failed");
  const auto encode = media.start({.input_rate = rate, .output = {.format = format}}, file);
  if (!encode) return std::unexpected(encode.error());
  if (const auto written = (*encode)->write(tone(rate, 0.1)); !written) return std::unexpected(written.error());
  auto report = (*encode)->finish();
  if (report && file.size().value_or(0) == 0) return fail(ErrorCode::internal, "nothing was written");
  return report;
}

}  // namespace

Check check_onnxruntime(const std::string& library) {
  static constexpr std::string_view name = "ONNX Runtime";
  static constexpr std::string_view remedy =
      "run ./dev setup, or name the library with --onnxruntime; until then only espeak-ng voices speak";
  struct Close {
    void operator()(void* handle) const { ::dlclose(handle); }
  };
  const std::unique_ptr<void, Close> handle(::dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL));
  if (!handle) return {std::string(name), Finding::fail, ::dlerror(), std::string(remedy)};
  if (::dlsym(handle.get(), "OrtGetApiBase") == nullptr)
    return {std::string(name), Finding::fail, library + " is another library", std::string(remedy)};
  return well(std::string(name), library);
}

Check check_voices_dir(const std::string& dir) {
  std::error_code error;
  if (!std::filesystem::is_directory(dir, error))
    return {"voices folder", Finding::warn, dir + " is not there", "make it to drop voices in; nothing else needs it"};
  std::size_t models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir, error))
    models += entry.path().extension() == ".onnx" ? 1 : 0;
  if (error) return {"voices folder", Finding::fail, dir + ": " + error.message(), "let this user read it"};
  return well("voices folder", dir + " has " + std::to_string(models) + (models == 1 ? " voice" : " voices"));
}

Check check_data_dir(const Config& config) {
  const auto existing = nearest_existing(config.data_dir);
  if (::access(existing.c_str(), W_OK | X_OK) != 0) {
    return {"data folder", Finding::fail, existing.string() + " cannot be written by this user",
            "change its owner, or name another with --data-dir"};
  }
  struct statvfs space{};
  if (::statvfs(existing.c_str(), &space) == 0) {
    const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
    if (free < config.disk_reserve.count) {
      return {"data folder", Finding::fail,
              "only " + megabytes(free) + " are free at " + existing.string() + ", below the reserve of " +
                  megabytes(config.disk_reserve.count),
              "make room, or lower --disk-reserve"};
    }
  }
  std::error_code error;
  const bool used =
      std::filesystem::is_directory(config.data_dir, error) && !std::filesystem::is_empty(config.data_dir, error);
  return used ? check_store(config) : well("data folder", config.data_dir + " is new; `soundbite serve` makes it");
}

Check check_port(const ListenAddress& address) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor acceptor(io);
  boost::system::error_code error;
  const boost::asio::ip::tcp::endpoint endpoint(boost::asio::ip::make_address(address.host), address.port);
  acceptor.open(endpoint.protocol(), error);
  acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
  acceptor.bind(endpoint, error);
  if (!error) return well("address", write_listen_address(address) + " is free");
  return {"address", Finding::warn, write_listen_address(address) + ": " + error.message(),
          "well if the server runs already; else stop what uses it, or choose another with --listen"};
}

Check check_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::string detail = "up to " + std::to_string(limit.rlim_max) + " open files";
  if (limit.rlim_max >= enough_descriptors) return well("file limit", detail);
  return {"file limit", Finding::warn, detail, "raise it (ulimit -Hn, LimitNOFILE): each connection takes one"};
}

std::vector<Check> check_voices(const std::vector<Voice>& voices) {
  std::vector<Check> checks;
  std::size_t piper = 0;
  std::size_t espeak = 0;
  for (const auto& voice : voices) {
    if (!voice.broken.empty()) {
      checks.push_back({"voice", Finding::fail, voice.id + ": " + voice.broken, "replace or remove its files"});
    } else {
      ++(voice.engine == "piper" ? piper : espeak);
    }
  }
  const std::string detail = std::to_string(piper) + " Piper and " + std::to_string(espeak) + " espeak-ng voices";
  if (piper > 0) {
    checks.insert(checks.begin(), well("voices", detail));
  } else {
    checks.insert(checks.begin(), {"voices", Finding::warn, detail,
                                   "for natural speech run ./dev setup, or put NAME.onnx and NAME.onnx.json into a "
                                   "voices folder"});
  }
  return checks;
}

Check check_speech(SpeechEngine& engine, const std::string& voice) {
  const std::string remedy = "choose another with --default-voice; `soundbite voices` lists them";
  const auto speech = engine.start({.text = "Hello.", .voice_id = voice});
  if (!speech) return {"speech", Finding::fail, voice + ": " + speech.error().message, remedy};
  double seconds = 0;
  while (true) {
    const auto chunk = (*speech)->next({});
    if (!chunk) return {"speech", Finding::fail, voice + ": " + chunk.error().message, remedy};
    if (!*chunk) break;
    seconds += static_cast<double>((*chunk)->samples.size()) / (*speech)->sample_rate();
  }
  if (seconds > 0) return well("speech", voice + " speaks");
  return {"speech", Finding::fail, voice + " is silent", remedy};
}

std::vector<Check> check_formats(MediaEngine& media) {
  std::vector<Check> checks;
  std::string working;
  for (const auto& traits : all_formats()) {
    const std::string name(traits.name);
    if (const auto encoded = encode_tone(media, traits.format); encoded) {
      working += (working.empty() ? "" : ", ") + name;
    } else {
      checks.push_back({"format", Finding::fail, name + ": " + encoded.error().message,
                        "install libavcodec59 and libavformat59 with that encoder, or build again"});
    }
  }
  if (!working.empty()) checks.insert(checks.begin(), well("formats", working));
  return checks;
}

Check check_sandbox(const MediaHost& media) {
  const auto report = media.report();
  if (!report) return {"sandbox", Finding::warn, "not known: the media program did not start", "see formats above"};
  const std::string level(name_of(report->level));
  if (report->level == SandboxLevel::strict)
    return well("sandbox", level + ": all " + std::to_string(report->layers.size()) + " layers hold");
  std::string missing;
  for (const auto& layer : report->missing) missing += (missing.empty() ? "" : ", ") + layer;
  return {"sandbox", report->level == SandboxLevel::none ? Finding::fail : Finding::warn,
          level + ", without " + missing, media.advice()};
}

Check check_speech_detection(SpeechDetector& detector) {
  const std::string remedy =
      "run ./dev setup, or name the model with --vad-model; until then analyses do not tell who speaks when";
  const auto listener = detector.listen();
  if (!listener) return {"speech detection", Finding::warn, listener.error().message, remedy};
  const std::vector<float> silence(detector_rate);
  if (const auto heard = (*listener)->hear(silence); !heard)
    return {"speech detection", Finding::warn, heard.error().message, remedy};
  const auto segments = (*listener)->finish();
  if (!segments) return {"speech detection", Finding::warn, segments.error().message, remedy};
  if (!segments->empty()) return {"speech detection", Finding::warn, "it hears speech in silence", remedy};
  return well("speech detection", "tells silence from speech");
}

}  // namespace soundbite
