// Gets what a client's URL names, without ever reaching anything that the client could not reach by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "base/file.h"
#include "base/time.h"

namespace soundbite {

struct FetchLimits {
  std::uint64_t max_bytes = 100'000'000;
  Milliseconds whole{120'000};
  Milliseconds idle{15'000};  // without a byte
  int max_redirects = 5;
};

struct Fetched {
  std::uint64_t bytes = 0;
  std::string name;  // the last segment of the final path, for showing; may be empty
};

// What can be said of a URL without looking anything up: http or https, a host, no user, a usable port. Errors:
// invalid, with one field error at `pointer`.
Result<void> check_url(std::string_view url, std::string_view pointer);

// Scheme, host, port and path: what may be shown and logged.
std::string shown_url(std::string_view url);

// Used from one io thread.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  // Writes the body to `into`, from its start. Cancellable. Errors: invalid with a field error at `pointer` (code
  // url_refused: its address is private or special; url_failed: 4xx, too many redirects, no such host; too_large);
  // unavailable (5xx, cannot connect, reset: may be tried again); timeout; storage_full.
  virtual awaitable<Result<Fetched>> fetch(std::string url, std::string pointer, const File& into,
                                           Deadline deadline) = 0;
};

struct FetcherOptions {
  FetchLimits limits;
  // Beside the public internet: loopback addresses with their port ("127.0.0.1:8099"), for development and tests.
  std::vector<std::string> also_allowed;
  std::string user_agent = "SoundBite";  // "SoundBite/1.2.3"
};

// Names are looked up and files written on threads of its own, whose answers come to the caller's executor: so it must
// end before that executor's context does. Throws std::invalid_argument when an allowed address is none.
std::unique_ptr<Fetcher> make_fetcher(FetcherOptions options);

}  // namespace soundbite
