#include "net/name_lookup.h"

#include <netdb.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstring>
#include <memory>
#include <optional>

namespace soundbite {

namespace {

Result<Addresses> failed(int code) {
  switch (code) {
    case EAI_AGAIN:
    case EAI_FAIL:
    case EAI_MEMORY:
    case EAI_SYSTEM: return fail(ErrorCode::unavailable, ::gai_strerror(code));
    default: return fail(ErrorCode::not_found, ::gai_strerror(code));
  }
}

Result<Addresses> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); code != 0) return failed(code);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* one = found; one; one = one->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (one->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
    endpoint.resize(one->ai_addrlen);
    addresses.push_back(endpoint.address());
  }
  return addresses;
}

// What a look-up and the one who waits for it share, since either may end first.
struct Waiting {
  explicit Waiting(const asio::any_io_executor& executor) : answered(executor) {}
  Event answered;
  std::optional<Result<Addresses>> answer;
};

}  // namespace

LookUp system_look_up(asio::thread_pool& threads) {
  return [&threads](std::string host) -> awaitable<Result<Addresses>> {
    const auto executor = co_await asio::this_coro::executor;
    const auto waiting = std::make_shared<Waiting>(executor);
    asio::post(threads, [shared = waiting, executor, host = std::move(host)]() mutable {
      asio::post(executor, [shared = std::move(shared), answer = look_up(host)]() mutable {
        shared->answer = std::move(answer);
        shared->answered.notify();
      });
    });
    while (!waiting->answer) co_await waiting->answered.wait(Deadline::never());
    co_return std::move(*waiting->answer);
  };
}

}  // namespace soundbite
