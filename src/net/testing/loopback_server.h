// A server on a free port of 127.0.0.1 that answers as a test tells it, badly where it must. All on the test's own
// executor: nothing runs while the test does not run it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/async.h"

namespace soundbite {

// One connection, seen from the server. What the client breaks off is no error here.
class Wire {
 public:
  virtual ~Wire() = default;
  // False when the client is gone.
  virtual awaitable<bool> send(std::string bytes) = 0;
  // The head of a request, also kept in `heads` of the server; false when the client is gone.
  virtual awaitable<bool> receive_head() = 0;
  virtual awaitable<void> until_closed() = 0;
  // Closes with a reset instead of an end.
  virtual void reset() = 0;
};

using Script = std::function<awaitable<void>(Wire&)>;

class LoopbackServer {
 public:
  // With TLS when `tls` is given; it must outlive this.
  LoopbackServer(TaskGroup& tasks, const asio::any_io_executor& executor, Script script,
                 asio::ssl::context* tls = nullptr)
      : tasks_(tasks),
        acceptor_(executor, {asio::ip::make_address("127.0.0.1"), 0}),
        script_(std::move(script)),
        tls_(tls) {
    tasks_.spawn(accept());
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
  std::string url(const std::string& path = "/") const { return "http://" + address() + path; }

  int connections = 0;
  std::vector<std::string> heads;

 private:
  using Socket = asio::ip::tcp::socket;

  template <class Stream>
  class StreamWire final : public Wire {
   public:
    StreamWire(Stream& stream, std::vector<std::string>& heads) : stream_(stream), heads_(heads) {}

    awaitable<bool> send(std::string bytes) override {
      boost::system::error_code error;
      co_await asio::async_write(stream_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
      co_return !error;
    }
    awaitable<bool> receive_head() override {
      boost::system::error_code error;
      std::string head;
      co_await asio::async_read_until(stream_, asio::dynamic_buffer(head), "\r\n\r\n",
                                      asio::redirect_error(asio::use_awaitable, error));
      if (!error) heads_.push_back(std::move(head));
      co_return !error;
    }
    awaitable<void> until_closed() override {
      boost::system::error_code error;
      std::string rest;
      co_await asio::async_read_until(stream_, asio::dynamic_buffer(rest), std::string("never sent"),
                                      asio::redirect_error(asio::use_awaitable, error));
    }
    void reset() override {
      stream_.lowest_layer().set_option(asio::socket_base::linger(true, 0));
      stream_.lowest_layer().close();
    }

   private:
    Stream& stream_;
    std::vector<std::string>& heads_;
  };

  awaitable<void> accept() {
    for (;;) {
      Socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
      ++connections;
      tasks_.spawn(serve(std::move(socket)));
    }
  }

  awaitable<void> serve(Socket socket) {
    if (!tls_) {
      StreamWire<Socket> wire(socket, heads);
      co_await script_(wire);
      co_return;
    }
    asio::ssl::stream<Socket> stream(std::move(socket), *tls_);
    boost::system::error_code error;
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    StreamWire<asio::ssl::stream<Socket>> wire(stream, heads);
    co_await script_(wire);
  }

  TaskGroup& tasks_;
  asio::ip::tcp::acceptor acceptor_;
  Script script_;
  asio::ssl::context* tls_;
};

// Reads the request, sends `bytes` and closes.
inline Script answering(std::string bytes) {
  return [bytes = std::move(bytes)](Wire& wire) -> awaitable<void> {
    if (co_await wire.receive_head()) co_await wire.send(bytes);
  };
}

// Sends `bytes` and then nothing for as long as the client waits.
inline Script stalling(std::string bytes) {
  return [bytes = std::move(bytes)](Wire& wire) -> awaitable<void> {
    co_await wire.send(bytes);
    co_await wire.until_closed();
  };
}

// Sends `first` and then `again` until the client has enough.
inline Script endless(std::string first, std::string again) {
  return [first = std::move(first), again = std::move(again)](Wire& wire) -> awaitable<void> {
    bool open = co_await wire.send(first);
    while (open) open = co_await wire.send(again);
  };
}

}  // namespace soundbite
