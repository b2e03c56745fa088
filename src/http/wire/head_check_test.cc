#include "http/wire/head_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace soundbite {
namespace {

using State = HeadCheck::State;

struct Verdict {
  State state;
  std::string reason;
  bool operator==(const Verdict&) const = default;
};

Verdict scan_whole(std::string_view bytes) {
  HeadCheck check;
  const State state = check.scan(bytes);
  return {state, state == State::refused ? std::string(check.refusal().reason) : ""};
}

Verdict scan_byte_by_byte(const std::string& bytes) {
  HeadCheck check;
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    const State state = check.scan(std::string_view(bytes).substr(0, n));
    if (state == State::refused) return {state, std::string(check.refusal().reason)};
    if (state == State::complete) return {state, ""};
  }
  return {State::more, ""};
}

struct Case {
  std::string request;
  std::string reason;
};

std::vector<Case> refused_requests() {
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string host = "Host: a\r\n";
  const std::string good = line + host;
  return {
      {"GET / HTTP/1.1\nHost: a\r\n\r\n", "bare_lf"},
      {good + "X: 1\nY: 2\r\n\r\n", "bare_lf"},
      {"\nGET / HTTP/1.1\r\n", "bare_lf"},
      {good + "X: 1\rY: 2\r\n\r\n", "bad_field_value"},
      {"GET /\rx HTTP/1.1\r\n", "bad_target"},
      {"GET  / HTTP/1.1\r\n", "bad_request_line"},
      {"GET /  HTTP/1.1\r\n", "bad_request_line"},
      {"GET / x HTTP/1.1\r\n", "bad_request_line"},
      {"GET / HTTP/1.1 \r\n", "bad_request_line"},
      {"GET /\r\n", "bad_request_line"},
      {"GET\r\n", "bad_request_line"},
      {" GET / HTTP/1.1\r\n", "bad_request_line"},
      {"\x16\x03\x01", "bad_request_line"},
      {"GE(T / HTTP/1.1\r\n", "bad_request_line"},
      {"GET / http/1.1\r\n", "bad_request_line"},
      {"GET / HTTP/1.10\r\n", "bad_request_line"},
      {"GET / HTTP/11\r\n", "bad_request_line"},
      {"GET / HTTP/2.0\r\n", "bad_version"},
      {"GET / HTTP/1.2\r\n", "bad_version"},
      {"GET / HTTP/0.9\r\n", "bad_version"},
      {"PRI * HTTP/2.0\r\n", "bad_version"},
      {"GET /a#b HTTP/1.1\r\n", "bad_target"},
      {"GET /\xc3\xa9 HTTP/1.1\r\n", "bad_target"},
      {std::string("GET /a\0b HTTP/1.1\r\n", 20), "bad_target"},
      {"GET /a\tb HTTP/1.1\r\n", "bad_target"},
      {good + " folded\r\n\r\n", "obs_fold"},
      {good + "\tfolded\r\n\r\n", "obs_fold"},
      {line + " Host: a\r\n\r\n", "obs_fold"},
      {good + "X : 1\r\n\r\n", "bad_field_name"},
      {good + "X\t: 1\r\n\r\n", "bad_field_name"},
      {good + ": 1\r\n\r\n", "bad_field_name"},
      {good + "no colon\r\n\r\n", "bad_field_name"},
      {good + "X(Y: 1\r\n\r\n", "bad_field_name"},
      {good + "\xc3\xa9: 1\r\n\r\n", "bad_field_name"},
      {good + std::string("X: a\0b\r\n\r\n", 10), "bad_field_value"},
      {good + "X: a\x01\r\n\r\n", "bad_field_value"},
      {good + "X: a\x7f\r\n\r\n", "bad_field_value"},
      {line + "\r\n", "bad_host"},
      {good + "Host: b\r\n\r\n", "bad_host"},
      {line + "Host: a, b\r\n\r\n", "bad_host"},
      {line + "Host: user@a\r\n\r\n", "bad_host"},
      {line + "Host: a/b\r\n\r\n", "bad_host"},
      {good + "Content-Length: +5\r\n\r\n", "bad_content_length"},
      {good + "Content-Length: -5\r\n\r\n", "bad_content_length"},
      {good + "Content-Length: 5, 5\r\n\r\n", "bad_content_length"},
      {good + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "bad_content_length"},
      {good + "Content-Length: 0x5\r\n\r\n", "bad_content_length"},
      {good + "Content-Length: 5 5\r\n\r\n", "bad_content_length"},
      {good + "Content-Length:\r\n\r\n", "bad_content_length"},
      {good + "Content-Length: 18446744073709551616\r\n\r\n", "bad_content_length"},
      {good + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "ambiguous_length"},
      {good + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "ambiguous_length"},
      {good + "Transfer-Encoding: gzip\r\n\r\n", "unknown_transfer_encoding"},
      {good + "Transfer-Encoding: gzip, chunked\r\n\r\n", "unknown_transfer_encoding"},
      {good + "Transfer-Encoding: chunked, chunked\r\n\r\n", "unknown_transfer_encoding"},
      {good + "Transfer-Encoding: xchunked\r\n\r\n", "unknown_transfer_encoding"},
      {good + "Transfer-Encoding: \"chunked\"\r\n\r\n", "unknown_transfer_encoding"},
      {good + "Transfer-Encoding:\r\n\r\n", "unknown_transfer_encoding"},
      {good + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "bad_transfer_encoding"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "bad_transfer_encoding"},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n", "long_request_line"},
      {good + "X: " + std::string(9000, 'a') + "\r\n\r\n", "long_field"},
  };
}

TEST(HeadCheck, refuses_what_two_programs_could_read_differently) {
  for (const auto& [request, reason] : refused_requests()) {
    EXPECT_EQ(scan_whole(request), (Verdict{State::refused, reason})) << request.substr(0, 80);
  }
}

TEST(HeadCheck, says_the_same_however_the_bytes_arrive) {
  for (const auto& [request, reason] : refused_requests()) {
    EXPECT_EQ(scan_byte_by_byte(request), (Verdict{State::refused, reason})) << request.substr(0, 80);
  }
}

TEST(HeadCheck, accepts_what_clients_send) {
  const std::vector<std::string> requests = {
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.0\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nhost:a\r\n\r\n",
      "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t v \t\r\nZ: \xc3\xa9\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
      "M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  for (const auto& request : requests) {
    EXPECT_EQ(scan_whole(request).state, State::complete) << request;
    EXPECT_EQ(scan_byte_by_byte(request).state, State::complete) << request;
  }
}

TEST(HeadCheck, tells_where_the_head_is_and_how_long_the_body) {
  HeadCheck check;
  const std::string head = "\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n";
  ASSERT_EQ(check.scan(head + "hello"), State::complete);
  EXPECT_EQ(check.facts().begin, 2U);
  EXPECT_EQ(check.facts().end, head.size());
  EXPECT_EQ(check.facts().content_length, 12U);
  EXPECT_FALSE(check.facts().chunked);
}

TEST(HeadCheck, bounds_the_number_and_the_sum_of_the_fields) {
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 101; ++i) many += "X: 1\r\n";
  EXPECT_EQ(scan_whole(many + "\r\n").reason, "long_head");
  std::string large = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 5; ++i) large += "X: " + std::string(8000, 'a') + "\r\n";
  EXPECT_EQ(scan_whole(large + "\r\n").reason, "long_head");
}

TEST(HeadCheck, takes_a_line_of_just_the_limit_however_it_arrives) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  const std::string longest = start + "X: " + std::string(8 * 1024 - 3, 'a') + "\r\n\r\n";
  EXPECT_EQ(scan_whole(longest).state, State::complete);
  EXPECT_EQ(scan_byte_by_byte(longest).state, State::complete);
  const std::string longer = start + "X: " + std::string(8 * 1024 - 2, 'a') + "\r\n\r\n";
  EXPECT_EQ(scan_whole(longer).reason, "long_field");
  EXPECT_EQ(scan_byte_by_byte(longer).reason, "long_field");
}

TEST(HeadCheck, forgets_the_last_request_when_reset) {
  HeadCheck check;
  ASSERT_EQ(check.scan("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"), State::complete);
  check.reset();
  ASSERT_EQ(check.scan("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), State::complete);
  EXPECT_FALSE(check.facts().content_length);
}

}  // namespace
}  // namespace soundbite
