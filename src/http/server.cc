#include "http/server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/system_error.hpp>
#include <list>

#include "http/dispatcher.h"
#include "http/drain.h"
#include "http/instruments.h"
#include "http/session.h"
#include "http/wire/response_head.h"

namespace soundbite {

namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr Milliseconds tick_time{250};
constexpr Milliseconds accept_pause{100};  // when descriptors or memory have run out

class Server final : public HttpServer {
 public:
  Server(asio::any_io_executor executor, HttpOptions options, HttpServices services)
      : executor_(std::move(executor)),
        options_(std::move(options)),
        services_(services),
        acceptor_(executor_),
        drain_(executor_),
        instruments_(services_.registry),
        all_gone_(executor_),
        loops_(executor_),
        connections_(executor_) {}

  Result<std::uint16_t> listen() override;
  awaitable<void> stop(Deadline grace) override;

 private:
  awaitable<void> accept();
  awaitable<void> tick();
  awaitable<void> serve(std::list<Session>::iterator session);
  void take_in(tcp::socket socket);

  asio::any_io_executor executor_;
  HttpOptions options_;
  HttpServices services_;
  tcp::acceptor acceptor_;
  Drain drain_;
  asio::thread_pool rendering_{1};
  Instruments instruments_;
  std::optional<Dispatcher> dispatcher_;
  std::optional<SessionHost> host_;
  std::list<Session> sessions_;
  Event all_gone_;  // sessions_ has become empty
  TaskGroup loops_;
  TaskGroup connections_;
};

Result<std::uint16_t> Server::listen() {
  const std::string place = options_.host + ':' + std::to_string(options_.port);
  error_code error;
  const auto address = asio::ip::make_address(options_.host == "localhost" ? "127.0.0.1" : options_.host, error);
  if (error) {
    return fail(ErrorCode::invalid, options_.host + " is not an address: pass --listen 127.0.0.1:8080, for example");
  }
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::unavailable, place + " is in use: stop the other server or pass another --listen");
  }
  if (error) return fail(ErrorCode::unavailable, "cannot listen on " + place + ": " + error.message());

  dispatcher_.emplace(options_, services_, drain_, rendering_, instruments_,
                      address.is_loopback() && options_.refuse_rebinding);
  host_.emplace(options_, *dispatcher_, drain_, services_.log, date_line(services_.clock.now()));
  loops_.spawn(accept());
  loops_.spawn(tick());
  return acceptor_.local_endpoint().port();
}

awaitable<void> Server::accept() {
  while (acceptor_.is_open()) {
    error_code error;
    tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      take_in(std::move(socket));
    } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
      co_return;
    } else if (error != asio::error::connection_aborted) {
      services_.log.warn("accept_failed", {{"error", error.message()}});
      co_await sleep_until(Deadline::in(accept_pause));
    }
  }
}

void Server::take_in(tcp::socket socket) {
  if (sessions_.size() >= options_.max_connections) {
    // Too many to give this one a session: a short answer, if the socket takes it, and the end.
    constexpr std::string_view full =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    instruments_.refused("connections");
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(full), ignored);
    return;
  }
  const auto session = sessions_.emplace(sessions_.end(), std::move(socket), *host_);
  instruments_.connections().Increment();
  connections_.spawn(serve(session));
}

awaitable<void> Server::serve(std::list<Session>::iterator session) {
  try {
    co_await session->run();
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) services_.log.error("session_failed", {{"error", e.what()}});
  } catch (const std::exception& e) {
    services_.log.error("session_failed", {{"error", e.what()}});
  }
  sessions_.erase(session);
  instruments_.connections().Decrement();
  if (sessions_.empty()) all_gone_.notify();
}

// One timer for all sessions: theirs would cost more than the requests.
awaitable<void> Server::tick() {
  while (true) {
    co_await sleep_until(Deadline::in(tick_time));
    host_->date = date_line(services_.clock.now());
    const auto now = std::chrono::steady_clock::now();
    for (Session& session : sessions_) session.tick(now);
  }
}

awaitable<void> Server::stop(Deadline grace) {
  error_code ignored;
  acceptor_.close(ignored);
  drain_.begin();
  for (Session& session : sessions_) session.drain();
  while (!sessions_.empty() && !grace.passed()) co_await all_gone_.wait(grace);
  for (Session& session : sessions_) session.close();
  connections_.cancel();
  co_await connections_.join();
  loops_.cancel();
  co_await loops_.join();
}

}  // namespace

std::unique_ptr<HttpServer> make_http_server(asio::any_io_executor executor, HttpOptions options,
                                             HttpServices services) {
  return std::make_unique<Server>(std::move(executor), std::move(options), services);
}

}  // namespace soundbite
