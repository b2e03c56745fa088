// One connection: reads requests, writes answers, in the order they came. Every socket operation of the HTTP side is in
// session.cc.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/async.h"
#include "http/body_stream.h"
#include "http/dispatcher.h"
#include "http/message.h"
#include "http/wire/body_reader.h"
#include "http/wire/head_check.h"
#include "http/wire/input_buffer.h"

namespace soundbite {

// What the sessions of a server share; it outlives them.
struct SessionHost {
  const HttpOptions& options;
  Dispatcher& dispatcher;
  const Drain& drain;
  Log& log;
  std::string date;  // the Date field, renewed by the server's tick
};

// For one io thread.
class Session final : private BodyStream {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  Session(asio::ip::tcp::socket socket, SessionHost& host);

  // Serves the connection until it ends. Throws operation_aborted when the coroutine is cancelled.
  awaitable<void> run();

  // Called every quarter of a second: ends what is past its deadline and gives back the buffers of an idle connection.
  void tick(SteadyTime now);
  // Ends an idle connection, and a busy one after the answer under way.
  void drain();
  void close();

 private:
  enum class Phase : std::uint8_t { idle, head, body, handling, writing, lingering };
  enum class Outcome : std::uint8_t { ok, refused, gone };
  enum class Sent : std::uint8_t { all, blocked, failed };

  awaitable<bool> exchange();
  awaitable<Outcome> answer_whole(const Route& route, Response& response);
  awaitable<Outcome> answer_stream(const Route& route, Response& response);
  awaitable<Outcome> read_head();
  awaitable<Outcome> read_body();
  awaitable<Outcome> begin_body();
  awaitable<Outcome> fill(std::size_t size);
  awaitable<Outcome> wait_without_buffers();
  Outcome after_failed_read();
  awaitable<void> linger();

  std::optional<std::uint64_t> expected_bytes() const override { return check_.facts().content_length; }
  awaitable<std::string_view> begin_pull();
  awaitable<std::expected<std::string_view, Refusal>> next() override;
  awaitable<std::expected<std::size_t, Refusal>> read(std::span<std::byte> room) override;
  awaitable<std::expected<std::size_t, Refusal>> read_plain(std::span<std::byte> room);
  awaitable<Outcome> receive(std::span<std::byte> room, std::size_t& bytes);
  awaitable<Outcome> timed(awaitable<Outcome> reading);
  Refusal pull_refusal() const;

  void begin_request();
  Outcome feed_body();
  Outcome feed_piece(std::string_view& piece);
  Outcome refuse(const HeadRefusal& refusal);
  bool awaits_continue() const;
  void release_buffers();

  awaitable<bool> send(Response& response);
  awaitable<bool> send_file(FileSlice& slice);
  awaitable<bool> flush(std::string_view first, std::string_view second);
  Sent push(std::string_view& first, std::string_view& second);

  asio::ip::tcp::socket socket_;
  SessionHost& host_;
  Phase phase_ = Phase::idle;
  bool expired_ = false;    // the deadline ended the operation under way
  bool releasing_ = false;  // the operation under way was ended to give its buffer back
  SteadyTime deadline_;
  SteadyTime started_;  // the request: its first byte; when idle: the wait for one

  InputBuffer in_;
  std::unique_ptr<char[]> head_bytes_;  // what the views of request_ point into while the body is read
  std::string body_;                    // all that came; when it is pulled, the piece of now
  std::string out_;
  HeadCheck check_;
  BodyReader body_reader_;
  bool body_whole_ = false;
  const HeadRefusal* refusal_ = nullptr;
  Request request_;

  // Of a body that is pulled.
  bool pulled_ = false;                            // a first time
  std::string_view unread_;                        // of the piece of now
  Outcome pull_outcome_ = Outcome::ok;             // what ended it early
  std::uint64_t pulled_bytes_ = 0;                 // so far
  std::chrono::steady_clock::duration waited_{0};  // for the client
};

}  // namespace soundbite
