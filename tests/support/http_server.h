// A real server on a free loopback port with everything behind it in memory, and a client that writes raw bytes: for
// tests of the HTTP room.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cctype>
#include <cstdio>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "http/server.h"
#include "tests/support/engines.h"
#include "tests/support/memory_store.h"

namespace soundbite {

struct Reply {
  int status = 0;
  std::string head;  // with the empty line
  std::string body;

  // The value of the field, in the form `Name`; empty when there is none.
  std::string header(std::string_view name) const {
    const std::string start = "\r\n" + std::string(name) + ": ";
    const std::size_t found = head.find(start);
    if (found == std::string::npos) return {};
    const std::size_t begin = found + start.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

// Blocking, with a limit of ten seconds per read so that a broken server fails the test instead of hanging it.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic{};
    std::memcpy(&generic, &address, sizeof address);
    if (::connect(fd_, &generic, sizeof address) != 0) throw std::runtime_error("connect failed");
  }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;  // the server has closed: what it answered is still read
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  // A request with a Host, for what is not about the head itself.
  Reply request(std::string_view method, std::string_view target, std::string_view fields = {},
                std::string_view body = {}) {
    std::string text = std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
    text += fields;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    send(text + "\r\n" + std::string(body));
    return read_reply(method == "HEAD");
  }
  Reply get(std::string_view target, std::string_view fields = {}) { return request("GET", target, fields); }
  Reply post_json(std::string_view target, std::string_view body) {
    return request("POST", target, "Content-Type: application/json\r\n", body);
  }

  // The next answer; status 0 when the connection ended before one was whole.
  Reply read_reply(bool head_only = false) {
    Reply reply;
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    reply.head = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    const int status = std::stoi(reply.head.substr(9, 3));
    const std::string length = reply.header("Content-Length");
    const std::size_t body = head_only || length.empty() || status == 304 ? 0 : std::stoul(length);
    while (received_.size() < body) {
      if (!receive()) return {};
    }
    reply.body = received_.substr(0, body);
    received_.erase(0, body);
    reply.status = status;
    return reply;
  }

  // True when the server closes without sending more.
  bool closed_by_server() { return received_.empty() && !receive() && !timed_out_; }
  int fd() const { return fd_; }

 private:
  bool receive() {
    char buffer[65536];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    timed_out_ = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (n <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }

  int fd_;
  bool timed_out_ = false;
  std::string received_;
};

class TestServer {
 public:
  explicit TestServer(HttpOptions options = {}) : options_(std::move(options)) {
    options_.port = 0;
    server_ = make_http_server(io_.get_executor(), options_,
                               {soundbites, files, uploads, speech, health, *registry, *random, clock, log});
    port_ = server_->listen().value();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~TestServer() {
    if (!stopped_) stop(Milliseconds(0));
    work_.reset();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  RawClient connect() const { return RawClient(port_); }

  // Runs `step` on the io thread and waits for it: the store and the server are for that thread alone.
  void on_io(const std::function<void()>& step) {
    std::promise<void> done;
    asio::post(io_, [&] {
      step();
      done.set_value();
    });
    done.get_future().get();
  }

  std::future<void> begin_stop(Milliseconds grace) {
    stopped_ = true;
    auto done = std::make_shared<std::promise<void>>();
    asio::co_spawn(io_, server_->stop(Deadline::in(grace)),
                   [done](const std::exception_ptr& error) { error ? done->set_exception(error) : done->set_value(); });
    return done->get_future();
  }
  void stop(Milliseconds grace) { begin_stop(grace).get(); }

  // A soundbite in the store. For tests that need another state than submitting gives.
  JobId add_job(const std::function<void(Job&)>& change = {}) {
    Job job;
    on_io([&] {
      job.id = JobId::make(clock.now(), *random);
      job.environment = "test";
      job.voice_id = "espeak:en-us";
      job.created_at = job.updated_at = clock.now();
      job.expires_at = clock.now() + std::chrono::hours(1);
      job.version = 1;
      if (change) change(job);
      store.records[job.id] = {job, {}};
      clock.advance(Milliseconds(1));
    });
    return job.id;
  }
  JobId add_ready_job(std::string audio) {
    return add_job([&](Job& job) {
      job.status = Status::ready;
      job.output = Output{Format::mp3, 24'000, 1, audio.size(), 1.5, std::string(64, 'a'), "jobs/x/1/audio.mp3"};
      store.blob_bytes["jobs/x/1/audio.mp3"] = std::move(audio);
    });
  }
  void change_job(const JobId& id, const std::function<void(Job&)>& change) {
    on_io([&] {
      Job& job = store.records.at(id).first;
      change(job);
      ++job.version;
      store.wake();
    });
  }

 private:
  HttpOptions options_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);

 public:
  ManualClock clock{*parse_rfc3339("2026-01-02T03:04:05Z")};
  std::unique_ptr<Random> random = make_seeded_random(7);
  Log log{LogFormat::text, LogLevel::off};
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  MemoryStore store{io_.get_executor(), clock};
  FakeSpeech speech;
  std::function<std::string()> media_state = [] { return "ok"; };
  asio::thread_pool disk{2};
  Soundbites soundbites{store, store, store.files, speech, clock, *random, {}};
  Files files{store.files, store, disk, clock, *random, *registry, {.max_bytes = options_.max_file_bytes}};
  Uploads uploads{
      store.uploads, store, disk, clock, *random, files.instruments(), {.max_bytes = options_.max_file_bytes}};
  Health health{store, store, speech, [this] { return media_state(); }, "1.2.3"};

 private:
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace soundbite
