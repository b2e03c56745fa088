// Whom a fetcher trusts.
#include "net/testing/certificate.h"
#include "net/testing/fetcher_fixture.h"

namespace soundbite {
namespace {

using testing::HasSubstr;

constexpr const char* small = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsound";

class TlsTest : public FetcherFixture {
 protected:
  // A server with `certificate` under the name example.test; its URL.
  std::string serve_with(const Certificate& certificate, Script script = answering(small)) {
    contexts_.push_back(make_server_context(certificate));
    server = &serve(std::move(script), &contexts_.back());
    parts.look_up = knowing({{"example.test", {addresses({"127.0.0.1"})}}, {"127.0.0.1", {addresses({"127.0.0.1"})}}});
    return "https://example.test:" + std::to_string(server->port()) + "/sound.wav";
  }

  LoopbackServer* server = nullptr;

 private:
  std::list<asio::ssl::context> contexts_;
};

TEST_F(TlsTest, fetches_from_whom_an_authority_vouches_for) {
  const auto certificate = make_certificate("DNS:example.test");
  const std::string url = serve_with(certificate);
  parts.authorities_pem = certificate.certificate_pem;
  const auto fetched = fetch(url);
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(fetched_bytes(), "sound");
}

TEST_F(TlsTest, refuses_a_certificate_that_vouches_for_itself) {
  const auto fetched = fetch(serve_with(make_certificate("DNS:example.test")));
  EXPECT_EQ(field_code(fetched), "url_failed");
  EXPECT_THAT(fetched.error().fields[0].detail, HasSubstr("self-signed certificate"));
  EXPECT_TRUE(server->heads.empty());
}

TEST_F(TlsTest, refuses_a_certificate_for_another_host) {
  for (const auto* names : {"DNS:other.test", "DNS:*.test.example.test", "IP:127.0.0.1", "DNS:ex*.test"}) {
    const auto certificate = make_certificate(names);
    const std::string url = serve_with(certificate);
    parts.authorities_pem = certificate.certificate_pem;
    const auto fetched = fetch(url);
    EXPECT_EQ(field_code(fetched), "url_failed") << names;
    EXPECT_THAT(fetched.error().fields[0].detail, HasSubstr("hostname mismatch")) << names;
  }
}

TEST_F(TlsTest, verifies_an_address_as_an_address) {
  const auto certificate = make_certificate("IP:127.0.0.1");
  serve_with(certificate);
  parts.authorities_pem = certificate.certificate_pem;
  EXPECT_TRUE(fetch("https://" + server->address() + "/"));
  const auto named = make_certificate("DNS:127.0.0.1");
  serve_with(named);
  parts.authorities_pem = named.certificate_pem;
  EXPECT_EQ(field_code(fetch("https://" + server->address() + "/")), "url_failed");
}

TEST_F(TlsTest, refuses_a_certificate_of_the_past) {
  const auto certificate = make_certificate("DNS:example.test", -60);
  const std::string url = serve_with(certificate);
  parts.authorities_pem = certificate.certificate_pem;
  EXPECT_THAT(fetch(url).error().message, HasSubstr("certificate has expired"));
}

TEST_F(TlsTest, refuses_a_redirect_from_https_to_http) {
  auto& plain = serve(answering(small));
  const auto certificate = make_certificate("DNS:example.test");
  const std::string url = serve_with(
      certificate, answering("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + plain.url() + "\r\n\r\n"));
  parts.authorities_pem = certificate.certificate_pem;
  EXPECT_EQ(field_code(fetch(url)), "url_refused");
  EXPECT_EQ(plain.connections, 0);
}

TEST_F(TlsTest, does_not_take_a_cut_connection_for_the_end_of_the_file) {
  const auto certificate = make_certificate("DNS:example.test");
  const std::string url = serve_with(certificate, answering("HTTP/1.1 200 OK\r\n\r\nonly this"));  // no close_notify
  parts.authorities_pem = certificate.certificate_pem;
  EXPECT_EQ(fetch(url).error().code, ErrorCode::unavailable);
}

TEST_F(TlsTest, says_when_a_server_does_not_speak_tls) {
  auto& plain = serve(stalling("220 this is no TLS\r\n"));
  const auto fetched = fetch("https://" + plain.address() + "/");
  EXPECT_EQ(field_code(fetched), "url_failed");
}

TEST_F(TlsTest, does_not_wait_for_a_handshake_that_does_not_go_on) {
  options.limits.idle = Milliseconds(30);
  auto& silent = serve(stalling(""));
  EXPECT_EQ(fetch("https://" + silent.address() + "/").error().code, ErrorCode::timeout);
}

}  // namespace
}  // namespace soundbite
