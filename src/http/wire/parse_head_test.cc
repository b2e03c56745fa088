#include "http/wire/parse_head.h"

#include <gtest/gtest.h>

#include <string>

namespace soundbite {
namespace {

TEST(ParseHead, reads_the_fields_that_handlers_use) {
  Request request;
  const std::string head =
      "DELETE /a/b?c=d HTTP/1.1\r\nHOST: localhost:1\r\nrange: bytes=0-1\r\nIf-None-Match: \"x\"\r\n"
      "X-Correlation-ID:  abc \r\nTraceparent: t\r\nConnection: close\r\nContent-Length: 5\r\n\r\n";
  ASSERT_EQ(parse_head(head, request), nullptr);
  EXPECT_EQ(request.method, Method::remove);
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.query, "c=d");
  EXPECT_EQ(request.authority, "localhost:1");
  EXPECT_EQ(request.range, "bytes=0-1");
  EXPECT_EQ(request.if_none_match, "\"x\"");
  EXPECT_EQ(request.sent_correlation_id, "abc");
  EXPECT_EQ(request.traceparent, "t");
  EXPECT_FALSE(request.keep_alive);
}

TEST(ParseHead, takes_the_host_of_an_absolute_target) {
  Request request;
  ASSERT_EQ(parse_head("GET http://evil.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n", request), nullptr);
  EXPECT_EQ(request.authority, "evil.example");
  EXPECT_EQ(request.path, "/a");
}

TEST(ParseHead, refuses_targets_of_other_forms) {
  Request request;
  const HeadRefusal* refusal = parse_head("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", request);
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->reason, "bad_target");
}

TEST(ParseHead, tells_unknown_methods_from_those_of_other_servers) {
  Request request;
  ASSERT_EQ(parse_head("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", request), nullptr);
  EXPECT_FALSE(request.known_method);
  ASSERT_EQ(parse_head("MKCOL / HTTP/1.1\r\nHost: a\r\n\r\n", request), nullptr);
  EXPECT_TRUE(request.known_method);
  EXPECT_EQ(request.method, Method::other);
}

TEST(ParseHead, keeps_an_http_1_0_connection_only_when_asked) {
  Request request;
  ASSERT_EQ(parse_head("GET / HTTP/1.0\r\n\r\n", request), nullptr);
  EXPECT_FALSE(request.keep_alive);
  ASSERT_EQ(parse_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", request), nullptr);
  EXPECT_TRUE(request.keep_alive);
  EXPECT_EQ(request.minor_version, 0);
}

}  // namespace
}  // namespace soundbite
