// The HTTP side: listener, sessions, routes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/async.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/time.h"
#include "job/job_spec.h"
#include "port/speech_engine.h"
#include "service/files.h"
#include "service/health.h"
#include "service/soundbites.h"
#include "service/uploads.h"

namespace soundbite {

struct HttpOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any
  std::string public_url;     // prefix of problem types; empty: relative
  SpecLimits limits;
  std::size_t max_body_bytes = 2 << 20;  // 100,000 characters of text, escaped, and the rest of the request
  std::uint64_t max_file_bytes = 100'000'000;
  std::size_t max_connections = 20'000;
  Milliseconds header_timeout{10'000};
  Milliseconds request_timeout{30'000};  // of the whole request, waits excluded
  Milliseconds idle_timeout{75'000};
  // A file may take as long as it needs, but its client must send a byte so often, and after the grace this many bytes
  // a second on the whole. Time in which the server does not read is not counted.
  Milliseconds upload_idle_timeout{10'000};
  Milliseconds upload_grace{30'000};
  std::uint64_t upload_min_rate = 1'000;
  // On a loopback address: refuses requests whose Host names another machine, so that a web page cannot reach the
  // server under a name of its own (DNS rebinding).
  bool refuse_rebinding = true;
};

// What the handlers use; all outlive the server.
struct HttpServices {
  Soundbites& soundbites;
  Files& files;
  Uploads& uploads;
  SpeechEngine& speech;
  Health& health;
  prometheus::Registry& registry;
  Random& random;
  const Clock& clock;
  Log& log;
};

// Runs on the one io thread; every method is called there. Once it listens, stop() comes before its end.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  // Binds and accepts. Returns the port. Errors: unavailable ("127.0.0.1:8080 is in use: stop the other server or pass
  // --listen …").
  virtual Result<std::uint16_t> listen() = 0;
  // Stops accepting, answers who waits, lets requests under way finish until `grace`, then closes.
  virtual awaitable<void> stop(Deadline grace) = 0;
};

std::unique_ptr<HttpServer> make_http_server(asio::any_io_executor executor, HttpOptions options,
                                             HttpServices services);

}  // namespace soundbite
