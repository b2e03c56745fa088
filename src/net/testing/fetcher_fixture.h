// A fetcher, servers of 127.0.0.1 that it may fetch from, and a name server that knows what the test tells it.
#pragma once

#include <gmock/gmock.h>
#include <sys/mman.h>

#include <list>
#include <map>

#include "net/fetcher_parts.h"
#include "net/testing/loopback_server.h"

namespace soundbite {

class FetcherFixture : public testing::Test {
 protected:
  ~FetcherFixture() override { end_servers(); }

  // A server that may be fetched from.
  LoopbackServer& serve(Script script, asio::ssl::context* tls = nullptr) {
    LoopbackServer& server = serve_in_private(std::move(script), tls);
    options.also_allowed.push_back(server.address());
    return server;
  }
  LoopbackServer& serve_in_private(Script script, asio::ssl::context* tls = nullptr) {
    return servers_.emplace_back(tasks, io.get_executor(), std::move(script), tls);
  }

  Result<Fetched> fetch(std::string url, Deadline deadline = Deadline::never()) {
    fetcher_ = make_fetcher(options, parts);
    std::optional<Result<Fetched>> result;
    fetching.spawn(fetch_into(std::move(url), deadline, result));
    while (fetching.running() > 0) io.run_one();
    return std::move(result.value());
  }
  // Begins and does not wait: for tests that cancel it.
  void begin_fetch(std::string url, std::optional<Result<Fetched>>& result) {
    fetcher_ = make_fetcher(options, parts);
    fetching.spawn(fetch_into(std::move(url), Deadline::never(), result));
  }

  std::string fetched_bytes() const {
    std::string bytes(into.size().value(), '\0');
    EXPECT_EQ(into.read_at(std::as_writable_bytes(std::span(bytes)), 0).value(), bytes.size());
    return bytes;
  }

  // Answers a name from the list under it, the first answer first; the last one stays.
  LookUp knowing(std::map<std::string, std::list<Addresses>> names) {
    auto known = std::make_shared<std::map<std::string, std::list<Addresses>>>(std::move(names));
    return [this, known](std::string host) -> awaitable<Result<Addresses>> {
      ++look_ups;
      const auto found = known->find(host);
      if (found == known->end()) co_return fail(ErrorCode::not_found, "no such host");
      Addresses answer = found->second.front();
      if (found->second.size() > 1) found->second.pop_front();
      co_return answer;
    };
  }

  asio::io_context io;
  TaskGroup tasks{io.get_executor()};
  TaskGroup fetching{io.get_executor()};
  FetcherOptions options;
  FetcherParts parts;
  File into{::memfd_create("fetched", MFD_CLOEXEC)};
  int look_ups = 0;

 private:
  awaitable<void> fetch_into(std::string url, Deadline deadline, std::optional<Result<Fetched>>& result) {
    result = co_await fetcher_->fetch(std::move(url), "/url", into, deadline);
  }
  void end_servers() {
    asio::post(io, [this] {
      fetching.cancel();
      tasks.cancel();
    });
    while (tasks.running() + fetching.running() > 0) io.run_one();
  }

  std::list<LoopbackServer> servers_;
  std::unique_ptr<Fetcher> fetcher_;
};

// The one field error of a refused fetch, "" otherwise.
inline std::string field_code(const Result<Fetched>& result) {
  if (result || result.error().fields.size() != 1 || result.error().code != ErrorCode::invalid) return {};
  EXPECT_EQ(result.error().fields[0].pointer, "/url");
  return result.error().fields[0].code;
}

inline Addresses addresses(std::initializer_list<const char*> texts) {
  Addresses out;
  for (const auto* text : texts) out.push_back(asio::ip::make_address(text));
  return out;
}

}  // namespace soundbite
