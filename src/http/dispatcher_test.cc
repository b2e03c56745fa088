// What holds for every route: correlation, admission, problems, headers, metrics.
#include "http/dispatcher.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "tests/support/http_server.h"

namespace soundbite {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::string member(const std::string& body, std::string_view name) {
  return std::string(json::parse(body).at(name).as_string());
}

TEST(Problem, has_every_member_of_the_contract) {
  TestServer server;
  auto client = server.connect();
  const Reply reply = client.get("/nothing", "X-Correlation-Id: my-id_1.2\r\n");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(member(reply.body, "type"), "/problems/not-found");
  EXPECT_EQ(member(reply.body, "title"), find_problem_type("not-found")->title);
  EXPECT_EQ(json::parse(reply.body).at("status").as_int64(), 404);
  EXPECT_THAT(member(reply.body, "instance"), MatchesRegex("urn:uuid:[0-9a-f-]+"));
  EXPECT_EQ(member(reply.body, "timestamp").substr(0, 10), "2026-01-02");
  EXPECT_EQ(member(reply.body, "correlationId"), "my-id_1.2");
}

TEST(Problem, is_absolute_only_where_a_public_url_is_configured) {
  HttpOptions options;
  options.public_url = "https://audio.example";
  TestServer server(options);
  auto client = server.connect();
  EXPECT_EQ(member(client.get("/nothing").body, "type"), "https://audio.example/problems/not-found");
}

TEST(Correlation, keeps_a_valid_id_and_makes_another_one_otherwise) {
  TestServer server;
  auto client = server.connect();
  EXPECT_EQ(client.get("/", "X-Correlation-Id: aZ0._-\r\n").header("X-Correlation-Id"), "aZ0._-");
  for (const std::string sent : {"a b", "a\"b", "\xc3\xa9", "a,b"}) {
    const std::string answered = client.get("/", "X-Correlation-Id: " + sent + "\r\n").header("X-Correlation-Id");
    EXPECT_THAT(answered, MatchesRegex("[0-9a-f]+")) << sent;
    EXPECT_EQ(answered.size(), 32U);
  }
  EXPECT_EQ(client.get("/", "X-Correlation-Id: " + std::string(65, 'a') + "\r\n").header("X-Correlation-Id").size(),
            32U);
  EXPECT_NE(client.get("/").header("X-Correlation-Id"), client.get("/").header("X-Correlation-Id"));
}

TEST(Admission, names_the_methods_of_an_address) {
  TestServer server;
  auto client = server.connect();
  const Reply reply = client.request("PUT", "/api/v1/soundbites");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.header("Allow"), "GET, HEAD, POST, OPTIONS");
  const Reply options = client.request("OPTIONS", "/api/v1/soundbites");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(client.request("OPTIONS", "*").status, 204);
  EXPECT_EQ(client.request("PUT", "/nothing").status, 404);
  EXPECT_EQ(client.request("BREW", "/api/v1/soundbites").status, 501);
}

TEST(Admission, takes_json_alone) {
  TestServer server;
  auto client = server.connect();
  const auto status = [&](const std::string& fields) {
    return client.request("POST", "/api/v1/soundbites", fields, R"({"text":"Hi"})").status;
  };
  EXPECT_EQ(status("Content-Type: application/json\r\n"), 202);
  EXPECT_EQ(status("Content-Type: Application/JSON ; charset=UTF-8\r\n"), 202);
  EXPECT_EQ(status("Content-Type: application/json;charset=\"utf-8\"\r\n"), 202);
  EXPECT_EQ(status(""), 415);
  EXPECT_EQ(status("Content-Type: text/plain\r\n"), 415);
  EXPECT_EQ(status("Content-Type: application/jsonx\r\n"), 415);
  EXPECT_EQ(status("Content-Type: application/json; charset=latin1\r\n"), 415);
  EXPECT_EQ(status("Content-Type: multipart/mixed; boundary=x\r\n"), 415);
  EXPECT_EQ(status("Content-Type: application/json\r\nContent-Encoding: gzip\r\n"), 415);
}

TEST(Admission, answers_only_to_names_of_this_machine_on_loopback) {
  TestServer server;
  auto client = server.connect();
  const auto status = [&](const std::string& host) {
    client.send("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return client.read_reply().status;
  };
  for (const auto* host : {"localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:1", "[::1]:8080"}) {
    EXPECT_EQ(status(host), 200) << host;
  }
  for (const auto* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.0.1", ""}) {
    EXPECT_EQ(status(host), 421) << host;
  }
  client.send("GET http://evil.example/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 421);
}

TEST(Admission, answers_to_its_public_name_too) {
  HttpOptions options;
  options.public_url = "https://Audio.example:8443/base";
  TestServer server(options);
  auto client = server.connect();
  client.send("GET /health/live HTTP/1.1\r\nHost: audio.example\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 200);
}

TEST(Answer, carries_the_headers_that_keep_browsers_safe) {
  TestServer server;
  auto client = server.connect();
  for (const auto* target : {"/", "/nothing", "/metrics", "/problems/not-found"}) {
    const Reply reply = client.get(target, "Accept: text/html\r\n");
    EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("default-src 'none'")) << target;
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(reply.header("Referrer-Policy"), "no-referrer") << target;
    EXPECT_EQ(reply.header("Cross-Origin-Resource-Policy"), "same-origin") << target;
    EXPECT_EQ(reply.header("Date"), "Fri, 02 Jan 2026 03:04:05 GMT") << target;
  }
}

TEST(Answer, to_what_breaks_inside_tells_the_log_and_not_the_client) {
  TestServer server;
  const JobId id = server.add_job();
  server.on_io([&] { server.store.failures.emplace("get", Error{ErrorCode::internal, "/secret/path broke", {}}); });
  auto client = server.connect();
  const Reply reply = client.get("/api/v1/soundbites/" + id.text());
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
  EXPECT_EQ(client.get("/api/v1/soundbites/" + id.text()).status, 200);
}

TEST(Answer, to_an_exception_of_a_service_is_a_500) {
  TestServer server;
  server.media_state = []() -> std::string { throw std::runtime_error("a bug"); };
  auto client = server.connect();
  EXPECT_EQ(client.get("/health").status, 500);
  EXPECT_EQ(client.get("/health/live").status, 200);
}

TEST(Answer, asks_to_come_back_later_when_there_is_no_room) {
  TestServer server;
  auto client = server.connect();
  for (const auto& [code, type] :
       {std::pair(ErrorCode::throttled, "queue-full"), std::pair(ErrorCode::storage_full, "storage-full"),
        std::pair(ErrorCode::unavailable, "unavailable")}) {
    server.on_io([&] { server.store.failures.emplace("submit", Error{code, "later", {}}); });
    const Reply reply = client.post_json("/api/v1/soundbites", R"({"text":"Hi"})");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(member(reply.body, "type"), std::string("/problems/") + type);
    EXPECT_FALSE(reply.header("Retry-After").empty());
  }
  server.on_io([&] { server.store.failures.emplace("submit", Error{ErrorCode::timeout, "late", {}}); });
  EXPECT_EQ(client.post_json("/api/v1/soundbites", R"({"text":"Hi"})").status, 504);
}

TEST(Metrics, count_requests_by_route_and_status) {
  TestServer server;
  auto client = server.connect();
  client.get("/health/live");
  client.get("/health/live");
  client.get("/nothing");
  const std::string text = client.get("/metrics").body;
  for (const auto* line :
       {R"(soundbite_http_requests_total{method="GET",route="health_live",status="200"} 2)",
        R"(soundbite_http_requests_total{method="GET",route="none",status="404"} 1)",
        R"(soundbite_http_request_seconds_count{route="health_live"} 2)", "soundbite_http_connections 1"}) {
    EXPECT_NE(text.find(line), text.npos) << line;
  }
}

}  // namespace
}  // namespace soundbite
