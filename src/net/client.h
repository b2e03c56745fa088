// One GET over one connection, TLS included. Used from one io thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "base/time.h"
#include "net/fetch_refusal.h"
#include "net/url.h"

namespace soundbite {

struct ResponseHead {
  int status = 0;
  std::string location;
  std::string content_encoding;
  std::string transfer_encoding;
  std::optional<std::uint64_t> content_length;
};

struct Call {
  Url url;
  std::vector<asio::ip::tcp::endpoint> endpoints;  // of its host, tried in this order; no other is connected to
  std::string user_agent;
  FetchRefusal refusal;  // gives errors their words
  Milliseconds idle;
  std::uint64_t max_bytes;
};

// Closes the connection when it ends.
class HttpDownload {
 public:
  virtual ~HttpDownload() = default;
  // Sends the request and reads the head of the final answer. Once, first. Errors: failed (no HTTP), unavailable,
  // timeout.
  virtual awaitable<Result<ResponseHead>> ask() = 0;
  // The body's next bytes: fills `bytes`, or gives fewer at its end and then 0. Errors: too_large at the first byte
  // past the limit; unavailable (reset, ended early), timeout.
  virtual awaitable<Result<std::size_t>> read(std::span<std::byte> bytes) = 0;
};

// Connects, and for https verifies that the certificate is one of `authorities` for the URL's host; those must outlive
// the download, and may be null for http. Cancellable, as what it gives is. Errors: failed (no trustworthy TLS),
// unavailable, timeout.
awaitable<Result<std::unique_ptr<HttpDownload>>> connect_to(Call call, asio::ssl::context* authorities);

// The system's certificate authorities, and those of `more_pem`. Throws system_error when these are none.
asio::ssl::context make_authorities(const std::string& more_pem);

}  // namespace soundbite
