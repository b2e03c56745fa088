#include "net/fetcher.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <variant>

#include "net/address_guard.h"
#include "net/client.h"
#include "net/fetcher_parts.h"

namespace soundbite {

namespace {

using Endpoint = asio::ip::tcp::endpoint;

constexpr std::size_t batch_bytes = 256 * 1024;  // of the body per write
constexpr std::size_t look_up_threads = 4;       // a name server that hangs holds one for half a minute

Endpoint parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  int port = 0;
  if (colon != text.npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (error || port < 1 || port > 65'535)
    throw std::invalid_argument(std::string(text) + " is not an address with its port");
  return {address, static_cast<std::uint16_t>(port)};
}

Result<void> write_at(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(error_from_errno(errno, "writing what a URL gave"));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Whether the body that follows is the file.
Result<void> check_head(const ResponseHead& head, const FetchLimits& limits, const FetchRefusal& refusal) {
  const std::string answered = "answered " + std::to_string(head.status);
  if (head.status >= 500 || head.status == 408 || head.status == 425 || head.status == 429)
    return refusal.unavailable(answered);
  if (head.status == 401 || head.status == 403 || head.status == 407)
    return refusal.failed(answered + "; give a URL that can be read without credentials, such as a presigned one");
  if (head.status != 200 && head.status != 203)
    return refusal.failed(answered + "; give the URL at which the file itself is");
  if (!head.content_encoding.empty() && head.content_encoding != "identity")
    return refusal.failed("sends the file encoded (" + head.content_encoding +
                          ") although asked not to; turn that off");
  if (!head.transfer_encoding.empty() && head.transfer_encoding != "chunked")
    return refusal.failed("sends the file in a transfer encoding other than chunked; turn that off");
  if (head.content_length > limits.max_bytes) return refusal.too_large(limits.max_bytes);
  return {};
}

class HttpFetcher final : public Fetcher {
 public:
  HttpFetcher(FetcherOptions options, FetcherParts parts)
      : options_(std::move(options)),
        look_up_(parts.look_up ? std::move(parts.look_up) : system_look_up(names_)),
        authorities_pem_(std::move(parts.authorities_pem)) {
    for (const auto& address : options_.also_allowed) also_allowed_.push_back(parse_endpoint(address));
  }

  awaitable<Result<Fetched>> fetch(std::string url, std::string pointer, const File& into, Deadline deadline) override {
    if (auto checked = check_url(url, pointer); !checked) co_return std::unexpected(std::move(checked.error()));
    Url first = *parse_url(url);
    const FetchRefusal refusal{pointer, first.shown()};
    const Deadline limit = std::min(deadline, Deadline::in(options_.limits.whole),
                                    [](const Deadline& a, const Deadline& b) { return a.at() < b.at(); });
    auto fetched = co_await with_deadline(follow(std::move(first), std::move(pointer), into), limit);
    if (!fetched && fetched.error().code == ErrorCode::timeout && limit.passed())
      co_return refusal.too_slow("was not fetched in the time allowed");
    co_return fetched;
  }

 private:
  using Redirect = Url;

  awaitable<Result<Fetched>> follow(Url url, std::string pointer, const File& into) {
    for (int redirects = 0;; ++redirects) {
      const FetchRefusal refusal{pointer, url.shown()};
      auto visited = co_await visit(url, refusal, into);
      if (!visited) co_return std::unexpected(std::move(visited.error()));
      if (auto* fetched = std::get_if<Fetched>(&*visited)) co_return std::move(*fetched);
      if (redirects == options_.limits.max_redirects)
        co_return refusal.failed("is redirected too often; give the URL at which the file itself is");
      url = std::get<Redirect>(std::move(*visited));
    }
  }

  awaitable<Result<std::variant<Fetched, Redirect>>> visit(const Url& url, const FetchRefusal& refusal,
                                                           const File& into) {
    auto endpoints = co_await locate(url, refusal);
    if (!endpoints) co_return std::unexpected(std::move(endpoints.error()));
    auto download = co_await connect_to(
        {url, std::move(*endpoints), options_.user_agent, refusal, options_.limits.idle, options_.limits.max_bytes},
        url.tls ? &authorities() : nullptr);
    if (!download) co_return std::unexpected(std::move(download.error()));
    const auto head = co_await (*download)->ask();
    if (!head) co_return std::unexpected(head.error());
    if (is_redirect(head->status)) co_return next_of(url, *head, refusal);
    if (auto checked = check_head(*head, options_.limits, refusal); !checked)
      co_return std::unexpected(std::move(checked.error()));
    const auto bytes = co_await save(**download, into);
    if (!bytes) co_return std::unexpected(bytes.error());
    co_return Fetched{*bytes, last_segment(url)};
  }

  // The addresses of the URL's host, when every one of them may be connected to: which one answers is chance, and a
  // name that has a public and a private address is no mistake.
  awaitable<Result<std::vector<Endpoint>>> locate(const Url& url, const FetchRefusal& refusal) {
    const auto addresses = co_await look_up_(url.host);
    if (!addresses && addresses.error().code == ErrorCode::not_found)
      co_return refusal.failed("has a host that does not exist; check its spelling");
    if (!addresses) co_return refusal.unavailable("has a host that cannot be looked up: " + addresses.error().message);
    std::vector<Endpoint> endpoints;
    for (const auto& address : *addresses) {
      endpoints.emplace_back(address, url.port);
      const auto use = special_use(address);
      if (use && std::ranges::find(also_allowed_, endpoints.back()) == also_allowed_.end())
        co_return refusal.refused("leads to an address that is not of the public internet (" + std::string(*use) +
                                  "); upload the file instead");
    }
    co_return endpoints;
  }

  static Result<std::variant<Fetched, Redirect>> next_of(const Url& url, const ResponseHead& head,
                                                         const FetchRefusal& refusal) {
    if (head.location.empty()) return refusal.failed("is redirected to nowhere");
    auto next = resolve_reference(url, head.location);
    if (!next) return refusal.refused("is redirected to a URL that cannot be used: it " + next.error().message);
    if (url.tls && !next->tls) return refusal.refused("is redirected from https to http");
    return std::move(*next);
  }

  awaitable<Result<std::uint64_t>> save(HttpDownload& download, const File& into) {
    std::vector<std::byte> batch(batch_bytes);
    std::uint64_t saved = 0;
    for (;;) {
      const auto n = co_await download.read(batch);
      if (!n) co_return std::unexpected(n.error());
      if (*n == 0) co_return saved;
      auto written = co_await run_on(
          files_, [fd = into.fd(), bytes = std::span(batch).first(*n), saved] { return write_at(fd, bytes, saved); });
      if (!written) co_return std::unexpected(std::move(written.error()));
      saved += *n;
    }
  }

  asio::ssl::context& authorities() {
    if (!authorities_) authorities_.emplace(make_authorities(authorities_pem_));
    return *authorities_;
  }

  const FetcherOptions options_;
  std::vector<Endpoint> also_allowed_;
  asio::thread_pool names_{look_up_threads};
  asio::thread_pool files_{1};
  const LookUp look_up_;
  const std::string authorities_pem_;
  std::optional<asio::ssl::context> authorities_;  // read when first needed
};

}  // namespace

std::unique_ptr<Fetcher> make_fetcher(FetcherOptions options) { return make_fetcher(std::move(options), {}); }

std::unique_ptr<Fetcher> make_fetcher(FetcherOptions options, FetcherParts parts) {
  return std::make_unique<HttpFetcher>(std::move(options), std::move(parts));
}

}  // namespace soundbite
