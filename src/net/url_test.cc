#include "net/url.h"

#include <gmock/gmock.h>

#include "net/fetcher.h"

namespace soundbite {
namespace {

using testing::HasSubstr;

Url url(std::string_view text) {
  const auto parsed = parse_url(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().message;
  return parsed.value_or(Url{});
}

TEST(Url, has_its_parts_in_normal_form) {
  EXPECT_EQ(url("HTTPS://Example.ORG:8443/a/./b/../c%7e.mp3?x=1&y#part"),
            (Url{true, "example.org", 8443, "/a/c~.mp3", "/a/c~.mp3?x=1&y"}));
  EXPECT_EQ(url("http://example.org"), (Url{false, "example.org", 80, "/", "/"}));
  EXPECT_EQ(url("https://example.org:?q"), (Url{true, "example.org", 443, "/", "/?q"}));
  EXPECT_EQ(url("http://[2001:DB8::1]:8080/"), (Url{false, "2001:db8::1", 8080, "/", "/"}));
  EXPECT_EQ(url("http://%65xample.org/").host, "example.org");
}

// They become a line of the request and one of its fields.
TEST(Url, lets_no_line_break_into_a_request) {
  for (const std::string_view text : {"http://a.org/b\r\nX: y", "http://a.org/?b\r\nX: y", "http://a.org/b%0d%0aX:%20y",
                                      "http://a.org\r\nX: y/", "http://a.org%0d%0aX/", "http://a.org:80\r\nX: y/"}) {
    const auto parsed = parse_url(text);
    if (!parsed) continue;
    EXPECT_EQ((parsed->target + parsed->authority()).find_first_of("\r\n "), std::string::npos) << text;
  }
}

TEST(Url, keeps_hosts_in_disguise_for_the_resolver_to_judge) {
  for (const std::string host : {"2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "localhost."})
    EXPECT_EQ(url("http://" + host + "/").host, host);
}

TEST(Url, names_the_port_only_where_it_is_not_the_usual_one) {
  EXPECT_EQ(url("http://example.org:80/").authority(), "example.org");
  EXPECT_EQ(url("https://example.org:443/").authority(), "example.org");
  EXPECT_EQ(url("https://example.org:80/").authority(), "example.org:80");
  EXPECT_EQ(url("http://[::1]:8080/").authority(), "[::1]:8080");
}

TEST(CheckUrl, refuses_what_cannot_be_fetched_and_says_how_to_mend_it) {
  const std::pair<std::string_view, std::string_view> wrong[] = {
      {"", "be a URL"},
      {"recording.mp3", "be a URL"},
      {"/etc/passwd", "be a URL"},
      {"file:///etc/passwd", "begin with http:// or https://"},
      {"ftp://example.org/a", "begin with http:// or https://"},
      {"gopher://example.org/a", "begin with http:// or https://"},
      {"data:audio/wav;base64,AAAA", "begin with http:// or https://"},
      {"http:/a", "name a host"},
      {"http:a", "name a host"},
      {"http:///a", "name a host"},
      {"http://:80/a", "name a host"},
      {"http://[v1.a]/", "name a host"},
      {"http://user@example.org/", "hold no user or password"},
      {"http://user:secret@example.org/", "hold no user or password"},
      {"http://@example.org/", "hold no user or password"},
      {"http://example.org:22/", "name a port that web servers use, not 22"},
      {"http://example.org:6667/", "name a port"},
      {"http://example.org:0/", "name a port"},
      {"http://example.org:80x/", "name a port in digits"},
      {"http://example.org:../../b", "name a port in digits"},
      {"http://example.org:65536/", "name a port"},
      {"http://example.org:99999999999/", "name a port"},
      {"http://example.org:99999/", "name a port"},
      {"http://ex%00ample.org/", "name its host in letters"},
      {"http://example%2Forg/", "name its host in letters"},
      {"http://b%C3%BCcher.example/", "xn--"},
      {"http://[fe80::1%25eth0]/", ""},
      {"http://exa mple.org/", "be a URL"},
      {"http://example.org/\r\nX: y", "be a URL"},
      {"http://example.org\\@evil.org/", "be a URL"},
      {"http://b\xc3\xbc"
       "cher.example/",
       "be a URL"},
  };
  for (const auto& [text, words] : wrong) {
    const auto checked = check_url(text, "/url");
    ASSERT_FALSE(checked) << text;
    EXPECT_EQ(checked.error().code, ErrorCode::invalid);
    ASSERT_EQ(checked.error().fields.size(), 1u);
    EXPECT_EQ(checked.error().fields[0].pointer, "/url");
    EXPECT_EQ(checked.error().fields[0].code, "invalid_url");
    EXPECT_THAT(checked.error().fields[0].detail, HasSubstr(words)) << text;
  }
}

TEST(CheckUrl, takes_what_the_web_uses) {
  for (const auto* text : {"http://example.org", "https://example.org/a%20b.mp3?sig=a%2Fb+c", "http://192.0.2.7:8080/x",
                           "https://xn--bcher-kva.example/", "https://a_b.example.org./", "http://[2001:db8::1]/x"})
    EXPECT_TRUE(check_url(text, "/url")) << text;
  EXPECT_TRUE(check_url("http://example.org/" + std::string(8000, 'a'), "/url"));
  EXPECT_FALSE(check_url("http://example.org/" + std::string(9000, 'a'), "/url"));
}

TEST(ShownUrl, keeps_what_may_be_secret_to_itself) {
  EXPECT_EQ(shown_url("https://Example.org/a/b.mp3?token=secret#t"), "https://example.org/a/b.mp3");
  EXPECT_EQ(shown_url("https://user:secret@example.org/"), "(no URL)");
  EXPECT_EQ(shown_url("no url with a secret"), "(no URL)");
}

// The examples of RFC 3986, sections 5.4.1 and 5.4.2, that lead to a web server.
TEST(ResolveReference, follows_the_examples_of_the_standard) {
  const Url base = url("http://a/b/c/d;p?q");
  const std::pair<std::string_view, std::string_view> examples[] = {{"g", "/b/c/g"},
                                                                    {"./g", "/b/c/g"},
                                                                    {"g/", "/b/c/g/"},
                                                                    {"/g", "/g"},
                                                                    {"?y", "/b/c/d;p?y"},
                                                                    {"g?y", "/b/c/g?y"},
                                                                    {"#s", "/b/c/d;p?q"},
                                                                    {"g#s", "/b/c/g"},
                                                                    {";x", "/b/c/;x"},
                                                                    {"g;x", "/b/c/g;x"},
                                                                    {"", "/b/c/d;p?q"},
                                                                    {".", "/b/c/"},
                                                                    {"./", "/b/c/"},
                                                                    {"..", "/b/"},
                                                                    {"../", "/b/"},
                                                                    {"../g", "/b/g"},
                                                                    {"../..", "/"},
                                                                    {"../../", "/"},
                                                                    {"../../g", "/g"},
                                                                    {"../../../g", "/g"},
                                                                    {"/./g", "/g"},
                                                                    {"/../g", "/g"},
                                                                    {"g.", "/b/c/g."},
                                                                    {"..g", "/b/c/..g"},
                                                                    {"./../g", "/b/g"},
                                                                    {"./g/.", "/b/c/g/"},
                                                                    {"g/./h", "/b/c/g/h"},
                                                                    {"g/../h", "/b/c/h"},
                                                                    {"g;x=1/./y", "/b/c/g;x=1/y"},
                                                                    {"g?y/../x", "/b/c/g?y/../x"}};
  for (const auto& [reference, target] : examples) {
    const auto resolved = resolve_reference(base, reference);
    ASSERT_TRUE(resolved) << reference;
    EXPECT_EQ(resolved->host, "a");
    EXPECT_EQ(resolved->target, target) << reference;
  }
  EXPECT_EQ(resolve_reference(base, "//g")->host, "g");
  EXPECT_EQ(resolve_reference(base, "https://h:8443/x")->authority(), "h:8443");
}

TEST(ResolveReference, encodes_what_servers_write_as_it_is) {
  EXPECT_EQ(resolve_reference(url("http://a/"), "/b c/\xc3\xbc.mp3")->path, "/b%20c/%C3%BC.mp3");
}

TEST(ResolveReference, refuses_what_is_not_of_the_web) {
  for (const auto* reference : {"file:///etc/passwd", "ftp://a/b", "javascript:alert(1)", "//user@h/", "http://h:25/",
                                "http://[::1", "http://h\r\n/%zz"})
    EXPECT_FALSE(resolve_reference(url("http://a/"), reference)) << reference;
}

TEST(LastSegment, is_the_file_s_name_where_it_can_be_shown) {
  EXPECT_EQ(last_segment(url("http://a/b/My%20talk.mp3?x=/y")), "My talk.mp3");
  EXPECT_EQ(last_segment(url("http://a/%C3%BC.wav")), "\xc3\xbc.wav");
  EXPECT_EQ(last_segment(url("http://a/b/")), "");
  EXPECT_EQ(last_segment(url("http://a/%ff%fe")), "");
  EXPECT_EQ(last_segment(url("http://a/a%0ab")), "");
}

}  // namespace
}  // namespace soundbite
