#include "http/session.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <boost/system/system_error.hpp>

#include "http/wire/parse_head.h"
#include "http/wire/response_head.h"

namespace soundbite {

namespace {

using boost::system::error_code;

constexpr std::size_t head_read_bytes = 1024;        // room offered while a head is read: most requests fit
constexpr std::size_t body_read_bytes = 64 * 1024;   // room offered while a body is read
constexpr std::size_t pull_read_bytes = 128 * 1024;  // room offered while a body is pulled
constexpr std::size_t file_chunk_bytes = 64 * 1024;
constexpr int file_chunks_per_turn = 16;            // 1 MiB, then the other connections have their turn
constexpr std::size_t one_piece_bytes = 16 * 1024;  // a body up to this is copied behind its head

constexpr std::chrono::seconds buffer_grace(1);  // a connection idle for longer holds no buffers
constexpr std::chrono::seconds linger_time(1);

constexpr HeadRefusal client_gone{"gone", "bad-request", "The connection ended before the body was whole."};

constexpr HeadRefusal slow_request{"slow", "request-timeout", "The request did not arrive in time."};

}  // namespace

Session::Session(asio::ip::tcp::socket socket, SessionHost& host)
    : socket_(std::move(socket)), host_(host), started_(std::chrono::steady_clock::now()) {
  error_code ignored;  // a socket that is broken already says so when it is read
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

awaitable<void> Session::run() {
  while (co_await exchange()) {
  }
  close();
}

// ---- The server's side of a session's life.

void Session::tick(SteadyTime now) {
  if (phase_ == Phase::handling) return;  // handlers have a deadline of their own
  if (now >= deadline_) {
    expired_ = true;
  } else if (phase_ == Phase::idle && in_.holds_memory() && now - started_ > buffer_grace) {
    releasing_ = true;
  } else {
    return;
  }
  error_code ignored;
  socket_.cancel(ignored);
}

void Session::drain() {
  error_code ignored;
  if (phase_ == Phase::idle) socket_.cancel(ignored);
}

void Session::close() {
  error_code ignored;
  socket_.close(ignored);
}

// ---- One request and its answer; false when the connection has ended.

awaitable<bool> Session::exchange() {
  const Route* route = nullptr;
  Response response;
  Outcome outcome = co_await read_head();
  if (outcome == Outcome::gone) co_return false;
  host_.dispatcher.correlate(request_);
  if (outcome == Outcome::ok) outcome = feed_body();
  if (outcome == Outcome::ok) {
    auto admitted = host_.dispatcher.admit(request_, check_.facts());
    if (!admitted) {
      response = host_.dispatcher.render(admitted.error(), request_);
    } else {
      route = *admitted;
      outcome =
          is_pulled(route->body) ? co_await answer_stream(*route, response) : co_await answer_whole(*route, response);
      if (outcome == Outcome::gone) co_return false;
    }
  }
  if (outcome == Outcome::refused) response = host_.dispatcher.render(*refusal_, request_);

  // What was not read to its end is not followed by a request.
  request_.keep_alive = request_.keep_alive && body_whole_ && !host_.drain.begun();
  const int status = response.status;
  const bool sent = co_await send(response);
  const auto now = std::chrono::steady_clock::now();
  host_.dispatcher.finish(route, request_, status, now - started_);
  started_ = now;
  if (sent && !request_.keep_alive) co_await linger();
  co_return sent&& request_.keep_alive;
}

awaitable<Session::Outcome> Session::answer_whole(const Route& route, Response& response) {
  Outcome outcome = body_reader_.bound(request_.body_limit) ? Outcome::ok : refuse(body_reader_.refusal());
  if (outcome == Outcome::ok && !body_whole_) outcome = co_await read_body();
  if (outcome != Outcome::ok) co_return outcome;
  phase_ = Phase::handling;
  request_.body = body_;
  response = co_await host_.dispatcher.answer(route, request_);
  co_return Outcome::ok;
}

// The handler pulls. It is not cancelled, so that it can put away what has come: closing the socket ends its body.
awaitable<Session::Outcome> Session::answer_stream(const Route& route, Response& response) {
  if (!body_reader_.bound(request_.body_limit)) co_return refuse(body_reader_.refusal());
  phase_ = Phase::handling;
  request_.stream = this;
  pulled_ = false;
  unread_ = {};
  pull_outcome_ = Outcome::ok;
  waited_ = {};
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  response = co_await host_.dispatcher.answer(route, request_);
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  co_return pull_outcome_ == Outcome::gone ? Outcome::gone : Outcome::ok;
}

// ---- Reading.

awaitable<Session::Outcome> Session::read_head() {
  phase_ = Phase::idle;
  deadline_ = started_ + host_.options.idle_timeout;
  check_.reset();
  request_ = Request{};
  body_.clear();
  body_whole_ = false;
  head_bytes_.reset();
  while (true) {
    if (phase_ == Phase::idle && !in_.empty()) begin_request();
    switch (check_.scan(in_.bytes())) {
      case HeadCheck::State::refused: co_return refuse(check_.refusal());
      case HeadCheck::State::complete: {
        const HeadFacts& facts = check_.facts();
        const std::string_view head = in_.bytes().substr(facts.begin, facts.end - facts.begin);
        in_.consume(facts.end);
        body_reader_ = BodyReader(facts);
        const HeadRefusal* wrong = parse_head(head, request_);
        co_return wrong ? refuse(*wrong) : Outcome::ok;
      }
      case HeadCheck::State::more: break;
    }
    if (const Outcome outcome = co_await fill(head_read_bytes); outcome != Outcome::ok) co_return outcome;
  }
}

void Session::begin_request() {
  phase_ = Phase::head;
  started_ = std::chrono::steady_clock::now();
  deadline_ = started_ + host_.options.header_timeout;
  request_.deadline = Deadline::in(host_.options.request_timeout);
}

Session::Outcome Session::refuse(const HeadRefusal& refusal) {
  refusal_ = &refusal;
  return Outcome::refused;
}

Session::Outcome Session::feed_body() {
  std::string_view bytes = in_.bytes();
  const std::size_t held = bytes.size();
  const auto state = body_reader_.feed(bytes, body_);
  in_.consume(held - bytes.size());
  body_whole_ = state == BodyReader::State::done;
  return state == BodyReader::State::refused ? refuse(body_reader_.refusal()) : Outcome::ok;
}

bool Session::awaits_continue() const {
  return !request_.expect.empty() && request_.minor_version > 0 && body_.empty() && in_.empty();
}

// The first wait for the body's bytes.
awaitable<Session::Outcome> Session::begin_body() {
  if (awaits_continue() && !co_await flush("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return Outcome::gone;
  head_bytes_ = in_.hand_over();
  co_return Outcome::ok;
}

awaitable<Session::Outcome> Session::read_body() {
  phase_ = Phase::body;
  deadline_ = started_ + host_.options.request_timeout;
  Outcome outcome = co_await begin_body();
  phase_ = Phase::body;
  while (outcome == Outcome::ok && !body_whole_) {
    outcome = feed_body();
    if (outcome == Outcome::ok && !body_whole_) outcome = co_await fill(body_read_bytes);
  }
  co_return outcome;
}

// A piece of a plain body stays where it was received, since the buffer is not filled again before the next call.
Session::Outcome Session::feed_piece(std::string_view& piece) {
  std::string_view bytes = in_.bytes();
  const std::size_t held = bytes.size();
  piece = body_reader_.take_plain(bytes);
  in_.consume(held - bytes.size());
  Outcome outcome = Outcome::ok;
  if (piece.empty()) {
    body_.clear();
    outcome = feed_body();
    piece = body_;
  } else {
    body_whole_ = body_reader_.done();
  }
  pulled_bytes_ += piece.size();
  return outcome;
}

// What came with the head.
awaitable<std::string_view> Session::begin_pull() {
  pulled_ = true;
  pulled_bytes_ = body_.size();
  if (!body_whole_) pull_outcome_ = co_await begin_body();
  co_return body_;
}

awaitable<std::expected<std::string_view, Refusal>> Session::next() {
  std::string_view piece;
  if (!pulled_) piece = co_await begin_pull();
  while (pull_outcome_ == Outcome::ok && piece.empty() && !body_whole_) {
    pull_outcome_ = feed_piece(piece);
    if (pull_outcome_ == Outcome::ok && piece.empty() && !body_whole_) {
      pull_outcome_ = co_await timed(fill(pull_read_bytes));
    }
  }
  if (pull_outcome_ != Outcome::ok) co_return std::unexpected(pull_refusal());
  request_.deadline = Deadline::in(host_.options.request_timeout);
  co_return piece;
}

awaitable<std::expected<std::size_t, Refusal>> Session::read(std::span<std::byte> room) {
  if (!pulled_) unread_ = co_await begin_pull();
  if (unread_.empty()) {
    const bool on_its_way = pull_outcome_ == Outcome::ok && in_.empty() && body_reader_.plain_left() > 0;
    if (on_its_way) co_return co_await read_plain(room);
    const auto piece = co_await next();
    if (!piece) co_return std::unexpected(piece.error());
    unread_ = *piece;
  }
  const auto part = unread_.substr(0, room.size());
  std::ranges::copy(std::as_bytes(std::span(part)), room.begin());
  unread_.remove_prefix(part.size());
  co_return part.size();
}

// No further than the body: what is behind it is the next request's.
awaitable<std::expected<std::size_t, Refusal>> Session::read_plain(std::span<std::byte> room) {
  std::size_t bytes = 0;
  const auto wanted = std::min<std::uint64_t>(room.size(), body_reader_.plain_left());
  pull_outcome_ = co_await timed(receive(room.first(std::size_t(wanted)), bytes));
  if (pull_outcome_ != Outcome::ok) co_return std::unexpected(pull_refusal());
  body_reader_.skip_plain(bytes);
  body_whole_ = body_reader_.done();
  pulled_bytes_ += bytes;
  request_.deadline = Deadline::in(host_.options.request_timeout);
  co_return bytes;
}

Refusal Session::pull_refusal() const {
  return host_.dispatcher.refusal_of(pull_outcome_ == Outcome::gone ? client_gone : *refusal_, request_);
}

// An upload may last long, but not by waiting: its client sends something every few seconds, and not less than the
// lowest rate on the whole.
awaitable<Session::Outcome> Session::timed(awaitable<Outcome> reading) {
  const auto& options = host_.options;
  const auto began = std::chrono::steady_clock::now();
  const std::chrono::seconds earned(pulled_bytes_ / options.upload_min_rate);
  const auto allowed = std::max<std::chrono::steady_clock::duration>(options.upload_grace, earned) - waited_;
  phase_ = Phase::body;
  deadline_ = began + std::min<std::chrono::steady_clock::duration>(options.upload_idle_timeout, allowed);
  const Outcome outcome = co_await std::move(reading);
  phase_ = Phase::handling;
  waited_ += std::chrono::steady_clock::now() - began;
  co_return outcome;
}

// Waits for more bytes.
awaitable<Session::Outcome> Session::fill(std::size_t size) {
  while (true) {
    if (phase_ == Phase::idle && host_.drain.begun()) co_return after_failed_read();
    error_code error;
    const auto room = in_.space(size);
    const std::size_t n = co_await socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                                           asio::redirect_error(asio::use_awaitable, error));
    if (n > 0) {
      in_.commit(n);
      expired_ = releasing_ = false;
      co_return Outcome::ok;
    }
    if (!std::exchange(releasing_, false) || expired_ || host_.drain.begun()) co_return after_failed_read();
    if (const Outcome outcome = co_await wait_without_buffers(); outcome != Outcome::ok) co_return outcome;
  }
}

// Past the buffer.
awaitable<Session::Outcome> Session::receive(std::span<std::byte> room, std::size_t& bytes) {
  error_code error;
  bytes = co_await socket_.async_read_some(asio::buffer(room), asio::redirect_error(asio::use_awaitable, error));
  if (bytes == 0) co_return after_failed_read();
  expired_ = false;
  co_return Outcome::ok;
}

awaitable<Session::Outcome> Session::wait_without_buffers() {
  release_buffers();
  error_code error;
  co_await socket_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, error));
  co_return error ? after_failed_read() : Outcome::ok;
}

Session::Outcome Session::after_failed_read() {
  const bool expired = std::exchange(expired_, false);
  if (phase_ != Phase::idle) return expired ? refuse(slow_request) : Outcome::gone;
  if (!expired && !host_.drain.begun()) return Outcome::gone;
  // A request may have come while we decided to end the connection: it is still answered.
  error_code error;
  const auto room = in_.space(head_read_bytes);
  const std::size_t n = socket_.read_some(asio::buffer(room.data(), room.size()), error);
  in_.commit(n);
  return n > 0 ? Outcome::ok : Outcome::gone;
}

void Session::release_buffers() {
  in_.release();
  body_ = std::string();
  out_ = std::string();
  request_.correlation_id = std::string();
}

// Closing a socket with unread bytes resets the connection, and the client may lose the answer: so the rest is read and
// thrown away until the client is done, for a short while.
awaitable<void> Session::linger() {
  phase_ = Phase::lingering;
  deadline_ = std::chrono::steady_clock::now() + linger_time;
  error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  while (!error) {
    in_.release();
    const auto room = in_.space(body_read_bytes);
    co_await socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                     asio::redirect_error(asio::use_awaitable, error));
    if (expired_) co_return;
  }
}

// ---- Writing.

awaitable<bool> Session::send(Response& response) {
  const std::uint64_t length = response.file ? response.file->length : response.body.size();
  out_.clear();
  append_head(out_, response,
              {.date = host_.date,
               .correlation_id = request_.correlation_id,
               .content_length = length,
               .keep_alive = request_.keep_alive,
               .minor_version = request_.minor_version});
  if (request_.method == Method::head || response.status == 304) co_return co_await flush(out_, {});
  if (response.file) co_return co_await send_file(*response.file);
  if (response.body.size() <= one_piece_bytes) {
    out_ += response.body;
    co_return co_await flush(out_, {});
  }
  co_return co_await flush(out_, response.body);
}

awaitable<bool> Session::send_file(FileSlice& slice) {
  const auto chunk = std::make_unique_for_overwrite<std::byte[]>(file_chunk_bytes);
  std::string_view head = out_;
  int chunks = 0;
  do {
    // The kernel fetches the next chunk while this one is sent.
    ::posix_fadvise(slice.file.fd(), static_cast<off_t>(slice.offset), 2 * file_chunk_bytes, POSIX_FADV_WILLNEED);
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(slice.length, file_chunk_bytes));
    const auto n = slice.file.read_at({chunk.get(), wanted}, slice.offset);
    if (!n || (*n == 0 && wanted > 0)) co_return false;  // cut short: the client sees fewer bytes than announced
    if (!co_await flush(head, {reinterpret_cast<const char*>(chunk.get()), *n})) co_return false;
    head = {};
    slice.offset += *n;
    slice.length -= *n;
    if (++chunks % file_chunks_per_turn == 0) co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  } while (slice.length > 0);
  co_return true;
}

// Sends both; false when the client is gone or takes nothing for longer than the deadline.
awaitable<bool> Session::flush(std::string_view first, std::string_view second) {
  while (true) {
    const Sent sent = push(first, second);
    if (sent != Sent::blocked) co_return sent == Sent::all;
    phase_ = Phase::writing;
    deadline_ = std::chrono::steady_clock::now() + host_.options.request_timeout;
    error_code error;
    co_await socket_.async_wait(asio::socket_base::wait_write, asio::redirect_error(asio::use_awaitable, error));
    if (error || expired_) co_return false;
  }
}

// Gives the socket what it takes now, and shortens both by that.
Session::Sent Session::push(std::string_view& first, std::string_view& second) {
  while (!first.empty() || !second.empty()) {
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(first), asio::buffer(second)};
    error_code error;
    const std::size_t n = socket_.write_some(pieces, error);
    if (error == asio::error::would_block || error == asio::error::try_again) return Sent::blocked;
    if (error) return Sent::failed;
    const std::size_t of_first = std::min(n, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(n - of_first);
  }
  return Sent::all;
}

}  // namespace soundbite
