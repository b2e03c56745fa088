// How connections behave, seen from a socket.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <thread>

#include "tests/support/http_server.h"

namespace soundbite {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

HttpOptions short_deadlines() {
  HttpOptions options;
  options.header_timeout = Milliseconds(50);
  options.request_timeout = Milliseconds(100);
  options.idle_timeout = Milliseconds(50);
  return options;
}

std::string metrics_of(TestServer& server) {
  std::string text;
  server.on_io([&] { text = metrics_text(*server.registry); });
  return text;
}

void wait_for_connections(TestServer& server, int count) {
  const std::string line = "soundbite_http_connections " + std::to_string(count) + "\n";
  for (int i = 0; i < 1000 && metrics_of(server).find(line) == std::string::npos; ++i) {
    std::this_thread::sleep_for(Milliseconds(10));
  }
  EXPECT_NE(metrics_of(server).find(line), std::string::npos) << line;
}

TEST(Session, answers_request_after_request_on_one_connection) {
  TestServer server;
  auto client = server.connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get("/health/live").status, 200);
  wait_for_connections(server, 1);
}

TEST(Session, answers_pipelined_requests_in_their_order) {
  TestServer server;
  auto client = server.connect();
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    requests += "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Correlation-Id: n" + std::to_string(i) + "\r\n\r\n";
    requests += "POST /none HTTP/1.1\r\nHost: localhost\r\nX-Correlation-Id: p" + std::to_string(i) +
                "\r\nContent-Length: 4\r\n\r\nbody";
  }
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(client.read_reply().header("X-Correlation-Id"), "n" + std::to_string(i));
    EXPECT_EQ(client.read_reply().header("X-Correlation-Id"), "p" + std::to_string(i));
  }
}

TEST(Session, reads_a_request_that_comes_byte_by_byte) {
  TestServer server;
  auto client = server.connect();
  for (const char c : std::string_view("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")) client.send({&c, 1});
  EXPECT_EQ(client.read_reply().status, 200);
}

TEST(Session, ends_after_connection_close) {
  TestServer server;
  auto client = server.connect();
  const Reply reply = client.get("/health/live", "Connection: close\r\n");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, speaks_http_1_0_with_and_without_keep_alive) {
  TestServer server;
  auto client = server.connect();
  client.send("GET /health/live HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read_reply().header("Connection"), "keep-alive");
  client.send("GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_reply().header("Connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, answers_a_client_that_has_finished_sending) {
  TestServer server;
  auto client = server.connect();
  client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.finish_sending();
  EXPECT_EQ(client.read_reply().status, 200);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, answers_head_like_get_without_the_body) {
  TestServer server;
  auto client = server.connect();
  const Reply whole = client.get("/");
  const Reply head = client.request("HEAD", "/");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), std::to_string(whole.body.size()));
  EXPECT_EQ(client.get("/health/live").status, 200);  // nothing was left between
}

struct RefusedCase {
  const char* request;
  int status;
};

TEST(Session, refuses_ambiguous_requests_with_a_problem_and_closes) {
  TestServer server;
  constexpr RefusedCase cases[] = {
      {"GET / HTTP/1.1\nHost: localhost\n\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: localhost\r\nX : y\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: a b\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4, 4\r\n\r\nbody", 400},
      {"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 505},
      {"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"\x16\x03\x01\x02", 400},
  };
  for (const auto& [request, status] : cases) {
    auto client = server.connect();
    client.send(request);
    const Reply reply = client.read_reply();
    EXPECT_EQ(reply.status, status) << request;
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json") << request;
    EXPECT_EQ(reply.header("Connection"), "close") << request;
    EXPECT_THAT(reply.header("X-Correlation-Id"), Not(IsEmpty())) << request;
    EXPECT_TRUE(client.closed_by_server()) << request;
  }
  EXPECT_NE(metrics_of(server).find("soundbite_http_refusals_total{reason=\"obs_fold\"} 1"), std::string::npos);
}

TEST(Session, does_not_read_a_request_behind_one_it_refused) {
  TestServer server;
  auto client = server.connect();
  client.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 400);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, bounds_lines_and_heads) {
  TestServer server;
  auto long_target = server.connect();
  long_target.send("GET /" + std::string(10'000, 'a'));
  EXPECT_EQ(long_target.read_reply().status, 414);
  auto long_field = server.connect();
  long_field.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(10'000, 'a'));
  EXPECT_EQ(long_field.read_reply().status, 431);
  auto long_head = server.connect();
  std::string fields;
  for (int i = 0; i < 10; ++i) fields += "X: " + std::string(7'000, 'a') + "\r\n";
  long_head.send("GET / HTTP/1.1\r\nHost: localhost\r\n" + fields);
  EXPECT_EQ(long_head.read_reply().status, 431);
}

TEST(Session, refuses_a_large_body_before_it_comes) {
  HttpOptions options;
  options.max_body_bytes = 1000;
  TestServer server(options);
  auto client = server.connect();
  client.send(
      "POST /api/v1/soundbites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 1001\r\n\r\n");
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("1000 bytes"));
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, refuses_a_large_chunked_body_when_it_passes_the_limit) {
  HttpOptions options;
  options.max_body_bytes = 1000;
  TestServer server(options);
  auto client = server.connect();
  client.send(
      "POST /api/v1/soundbites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" +
      std::string(1000, ' ') + "\r\n1\r\n");
  EXPECT_EQ(client.read_reply().status, 413);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, takes_a_large_body_in_many_pieces) {
  TestServer server;
  auto client = server.connect();
  const std::string body = R"({"text":")" + std::string(99'000, 'a') + "\"}";
  const std::string head =
      "POST /api/v1/soundbites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "X-Correlation-Id: still-there\r\n";
  client.send(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  for (std::size_t i = 0; i < body.size(); i += 1000) client.send(std::string_view(body).substr(i, 1000));
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(reply.header("X-Correlation-Id"), "still-there");
  client.send(head + "Transfer-Encoding: chunked\r\n\r\n");
  for (std::size_t i = 0; i < body.size(); i += 9'000) {
    const auto piece = std::string_view(body).substr(i, 9'000);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    client.send(size + std::string(piece) + "\r\n");
  }
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 202);
  EXPECT_EQ(client.get("/health/live").status, 200);
}

TEST(Session, invites_a_body_that_is_expected_and_welcome) {
  TestServer server;
  auto client = server.connect();
  client.send(
      "POST /api/v1/soundbites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 13\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 100);
  client.send(R"({"text":"Hi"})");
  EXPECT_EQ(client.read_reply().status, 202);
}

TEST(Session, does_not_invite_a_body_it_would_refuse) {
  TestServer server;
  auto client = server.connect();
  client.send(
      "POST /api/v1/soundbites HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
      "Content-Length: 13\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 415);
  auto other = server.connect();
  EXPECT_EQ(other.get("/", "Expect: a miracle\r\n").status, 417);
}

TEST(Session, tells_a_client_that_is_too_slow_with_its_head) {
  TestServer server(short_deadlines());
  auto client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.read_reply().status, 408);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, tells_a_client_that_is_too_slow_with_its_body) {
  TestServer server(short_deadlines());
  auto client = server.connect();
  client.send(
      "POST /api/v1/soundbites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 13\r\n\r\n{");
  EXPECT_EQ(client.read_reply().status, 408);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Session, closes_an_idle_connection_without_a_word) {
  TestServer server(short_deadlines());
  auto fresh = server.connect();
  auto used = server.connect();
  EXPECT_EQ(used.get("/health/live").status, 200);
  EXPECT_TRUE(fresh.closed_by_server());
  EXPECT_TRUE(used.closed_by_server());
}

TEST(Session, gives_up_on_a_client_that_does_not_read) {
  HttpOptions options;
  options.request_timeout = Milliseconds(100);
  TestServer server(options);
  const JobId id = server.add_ready_job(std::string(32 << 20, 'x'));
  RawClient client(server.port(), 4096);
  client.send("GET /api/v1/soundbites/" + id.text() + "/audio HTTP/1.1\r\nHost: localhost\r\n\r\n");
  wait_for_connections(server, 1);
  wait_for_connections(server, 0);
  EXPECT_EQ(client.read_reply().status, 0);  // cut short
}

TEST(Session, answers_after_an_idle_time_in_which_its_buffers_were_given_back) {
  TestServer server;
  auto client = server.connect();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.get("/health/live").status, 200);
    std::this_thread::sleep_for(Milliseconds(1600));  // the grace of buffers is a second
  }
  EXPECT_EQ(client.get("/health/live").status, 200);
}

TEST(Session, is_refused_past_the_limit_of_connections) {
  HttpOptions options;
  options.max_connections = 2;
  TestServer server(options);
  auto first = server.connect();
  EXPECT_EQ(first.get("/health/live").status, 200);
  {
    auto second = server.connect();
    EXPECT_EQ(second.get("/health/live").status, 200);
    auto third = server.connect();
    const Reply reply = third.read_reply();
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.header("Retry-After"), "5");
  }
  wait_for_connections(server, 1);
  auto fourth = server.connect();
  EXPECT_EQ(fourth.get("/health/live").status, 200);
}

TEST(Session, is_one_of_two_thousand_that_idle) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 5'000) GTEST_SKIP() << "only " << limit.rlim_cur << " descriptors are allowed";
  TestServer server;
  std::vector<RawClient> clients;
  for (int i = 0; i < 2'000; ++i) clients.push_back(server.connect());
  wait_for_connections(server, 2'000);
  for (std::size_t i = 0; i < clients.size(); i += 100) EXPECT_EQ(clients[i].get("/health/live").status, 200);
}

TEST(Drain, closes_idle_connections_and_refuses_new_ones) {
  TestServer server;
  auto client = server.connect();
  EXPECT_EQ(client.get("/health/live").status, 200);
  server.stop(Milliseconds(5'000));
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_THROW(server.connect(), std::runtime_error);
}

TEST(Drain, answers_who_waits_with_the_state_then) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  EXPECT_EQ(client.get("/health/live").status, 200);
  client.send("GET /api/v1/soundbites/" + id.text() + "?wait=30 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  auto stopped = server.begin_stop(Milliseconds(20'000));
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("\"pending\""));
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
  stopped.get();
}

TEST(Drain, lets_a_request_under_way_finish) {
  TestServer server;
  auto client = server.connect();
  EXPECT_EQ(client.get("/health/live").status, 200);
  client.send(
      "POST /api/v1/soundbites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 13\r\n\r\n{\"text\"");
  auto stopped = server.begin_stop(Milliseconds(20'000));
  client.send(":\"Hi\"}");
  EXPECT_EQ(client.read_reply().status, 202);
  stopped.get();
}

TEST(Drain, cuts_off_whoever_is_not_done_at_the_end_of_grace) {
  TestServer server;
  auto client = server.connect();
  EXPECT_EQ(client.get("/health/live").status, 200);
  client.send("GET / HTTP/1.1\r\n");
  server.stop(Milliseconds(50));
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Listener, says_which_address_is_taken) {
  TestServer server;
  server.on_io([&] {
    HttpOptions options;
    options.port = server.port();
    asio::io_context io;
    prometheus::Registry registry;
    auto second = make_http_server(io.get_executor(), options,
                                   {server.soundbites, server.files, server.uploads, server.speech, server.health,
                                    registry, *server.random, server.clock, server.log});
    const auto port = second->listen();
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().code, ErrorCode::unavailable);
    EXPECT_THAT(port.error().message, HasSubstr("is in use"));
  });
}

}  // namespace
}  // namespace soundbite
