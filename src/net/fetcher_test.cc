#include "net/fetcher.h"

#include <fcntl.h>

#include "net/testing/fetcher_fixture.h"

namespace soundbite {
namespace {

using testing::HasSubstr;
using testing::Not;

using FetcherTest = FetcherFixture;

std::string ok(const std::string& body, const std::string& fields = {}) {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string redirect(const std::string& location, int status = 302) {
  return "HTTP/1.1 " + std::to_string(status) + " Elsewhere\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}

std::string chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

constexpr const char* chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

// ---- What it gets.

TEST_F(FetcherTest, saves_the_body_and_asks_for_nothing_but_that) {
  options.user_agent = "SoundBite/1.2.3";
  auto& server = serve(answering(ok("sound")));
  const auto fetched = fetch(server.url("/a/My%20talk.mp3?token=x"));
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(fetched->bytes, 5u);
  EXPECT_EQ(fetched->name, "My talk.mp3");
  EXPECT_EQ(fetched_bytes(), "sound");
  EXPECT_EQ(server.heads.at(0), "GET /a/My%20talk.mp3?token=x HTTP/1.1\r\nHost: " + server.address() +
                                    "\r\nUser-Agent: SoundBite/1.2.3\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
                                    "Connection: close\r\n\r\n");
}

TEST_F(FetcherTest, reads_a_body_in_chunks) {
  auto& server = serve(answering(chunked_head + chunk("one ") + chunk("two") + "0\r\nTrailer: x\r\n\r\n"));
  ASSERT_TRUE(fetch(server.url()));
  EXPECT_EQ(fetched_bytes(), "one two");
}

TEST_F(FetcherTest, reads_a_body_that_ends_with_the_connection) {
  auto& server = serve(answering("HTTP/1.0 200 OK\r\n\r\nall of it"));
  ASSERT_TRUE(fetch(server.url()));
  EXPECT_EQ(fetched_bytes(), "all of it");
}

TEST_F(FetcherTest, reads_a_body_of_many_batches) {
  std::string body(900'001, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 2654435761u >> 13);
  auto& server = serve(answering(ok(body)));
  EXPECT_EQ(fetch(server.url()).value().bytes, body.size());
  EXPECT_TRUE(fetched_bytes() == body);
}

TEST_F(FetcherTest, passes_over_answers_that_are_not_the_last) {
  auto& server =
      serve(answering("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok("x")));
  ASSERT_TRUE(fetch(server.url()));
  EXPECT_EQ(fetched_bytes(), "x");
}

TEST_F(FetcherTest, saves_an_empty_body) {
  auto& server = serve(answering(ok("")));
  EXPECT_EQ(fetch(server.url()).value().bytes, 0u);
}

// ---- Redirects.

TEST_F(FetcherTest, follows_redirects_and_takes_the_last_name) {
  auto& end = serve(answering(ok("found")));
  auto& second = serve(answering(redirect(end.url("/final.wav"), 307)));
  auto& first = serve(answering(redirect("//" + second.address() + "/x", 301)));
  const auto fetched = fetch(first.url("/start.mp3"));
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(fetched->name, "final.wav");
  EXPECT_EQ(fetched_bytes(), "found");
}

TEST_F(FetcherTest, stops_after_five_redirects) {
  auto& server = serve(answering(redirect("/again")));
  const auto fetched = fetch(server.url());
  EXPECT_EQ(field_code(fetched), "url_failed");
  EXPECT_EQ(server.connections, 6);
}

TEST_F(FetcherTest, refuses_a_redirect_to_where_it_must_not_go) {
  auto& honeypot = serve_in_private(answering(ok("secret")));
  const std::string port = std::to_string(honeypot.port());
  for (const std::string& location :
       {honeypot.url(), "http://2130706433:" + port + "/", "http://[::ffff:127.0.0.1]:" + port + "/",
        std::string("http://169.254.169.254/latest/meta-data/"), std::string("http://[fd00:ec2::254]/"),
        std::string("file:///etc/passwd"), std::string("ftp://127.0.0.1/"), std::string("http://127.0.0.1:22/"),
        std::string("http://u:p@127.0.0.1/")}) {
    auto& server = serve(answering(redirect(location)));
    EXPECT_EQ(field_code(fetch(server.url())), "url_refused") << location;
  }
  EXPECT_EQ(honeypot.connections, 0);
}

TEST_F(FetcherTest, refuses_a_redirect_without_a_place) {
  auto& server = serve(answering("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(field_code(fetch(server.url())), "url_failed");
}

TEST_F(FetcherTest, does_not_read_the_body_of_a_redirect) {
  auto& end = serve(answering(ok("found")));
  auto& server =
      serve(stalling("HTTP/1.1 302 Found\r\nContent-Length: 999999999999\r\nLocation: " + end.url() + "\r\n\r\n"));
  ASSERT_TRUE(fetch(server.url()));
}

// ---- Addresses.

TEST_F(FetcherTest, connects_to_no_address_that_is_not_public_however_it_is_written) {
  auto& honeypot = serve_in_private(answering(ok("secret")));
  const std::string port = ':' + std::to_string(honeypot.port()) + '/';
  for (const std::string host : {"127.0.0.1",
                                 "127.1",
                                 "2130706433",
                                 "0x7f.1",
                                 "0x7f000001",
                                 "0177.0.0.1",
                                 "127.0.0.2",
                                 "0.0.0.0",
                                 "0",
                                 "[::1]",
                                 "[::]",
                                 "[::ffff:127.0.0.1]",
                                 "[::ffff:7f00:1]",
                                 "[::127.0.0.1]",
                                 "[64:ff9b::127.0.0.1]",
                                 "[64:ff9b:1::7f00:1]",
                                 "[2002:7f00:1::]",
                                 "[2001:0:7f00:1::]",
                                 "%31%32%37.0.0.1",
                                 "localhost",
                                 "LOCALHOST",
                                 "10.0.0.1",
                                 "172.16.0.1",
                                 "192.168.1.1",
                                 "100.64.0.1",
                                 "169.254.169.254",
                                 "[fd00:ec2::254]",
                                 "[fe80::1]",
                                 "[fd00::1]",
                                 "224.0.0.1",
                                 "[ff02::1]",
                                 "255.255.255.255",
                                 "192.0.2.1",
                                 "[2001:db8::1]",
                                 "2852039166",
                                 "0xa9fea9fe"}) {
    const auto fetched = fetch("http://" + host + port);
    EXPECT_EQ(field_code(fetched), "url_refused") << host << ": " << (fetched ? "fetched" : fetched.error().message);
  }
  EXPECT_EQ(honeypot.connections, 0);
}

TEST_F(FetcherTest, refuses_a_name_with_any_address_that_is_not_public) {
  auto& server = serve(answering(ok("x")));
  parts.look_up = knowing({{"both.test", {addresses({"127.0.0.1", "10.0.0.1"})}}});
  EXPECT_EQ(field_code(fetch("http://both.test:" + std::to_string(server.port()) + "/")), "url_refused");
  EXPECT_EQ(server.connections, 0);
}

TEST_F(FetcherTest, connects_to_the_address_that_it_judged) {
  auto& server = serve(answering(ok("x")));
  auto& honeypot = serve_in_private(answering(ok("secret")));
  const std::string port = std::to_string(server.port());
  parts.look_up = knowing({{"rebinding.test", {addresses({"127.0.0.1"}), addresses({"127.0.0.2"})}}});
  ASSERT_TRUE(fetch("http://rebinding.test:" + port + "/"));
  EXPECT_EQ(look_ups, 1);
  EXPECT_THAT(server.heads.at(0), HasSubstr("\r\nHost: rebinding.test:" + port + "\r\n"));
  EXPECT_EQ(honeypot.connections, 0);
}

TEST_F(FetcherTest, judges_a_name_anew_at_each_redirect) {
  auto& server = serve(answering(redirect("/again")));
  parts.look_up = knowing({{"rebinding.test", {addresses({"127.0.0.1"}), addresses({"127.0.0.2"})}}});
  EXPECT_EQ(field_code(fetch("http://rebinding.test:" + std::to_string(server.port()) + "/")), "url_refused");
  EXPECT_EQ(server.connections, 1);
}

TEST_F(FetcherTest, allows_an_address_on_its_port_only) {
  auto& server = serve_in_private(answering(ok("x")));
  options.also_allowed = {"127.0.0.1:1"};
  EXPECT_EQ(field_code(fetch(server.url())), "url_refused");
  options.also_allowed = {server.address()};
  EXPECT_TRUE(fetch(server.url()));
}

TEST_F(FetcherTest, takes_the_next_address_when_one_does_not_answer) {
  auto& server = serve(answering(ok("x")));
  options.also_allowed.push_back("127.0.0.3:" + std::to_string(server.port()));  // nobody listens there
  parts.look_up = knowing({{"two.test", {addresses({"127.0.0.3", "127.0.0.1"})}}});
  EXPECT_TRUE(fetch("http://two.test:" + std::to_string(server.port()) + "/"));
}

TEST_F(FetcherTest, says_when_there_is_no_such_host) {
  parts.look_up = knowing({});
  EXPECT_EQ(field_code(fetch("http://nowhere.test/")), "url_failed");
}

TEST_F(FetcherTest, will_try_again_when_the_name_server_does_not_answer) {
  parts.look_up = [](std::string) -> awaitable<Result<Addresses>> {
    co_return fail(ErrorCode::unavailable, "no answer");
  };
  EXPECT_EQ(fetch("http://somewhere.test/").error().code, ErrorCode::unavailable);
}

TEST_F(FetcherTest, will_try_again_when_nobody_listens) {
  options.also_allowed.push_back("127.0.0.1:9999");
  EXPECT_EQ(fetch("http://127.0.0.1:9999/").error().code, ErrorCode::unavailable);
}

TEST(Fetcher, does_not_begin_with_an_address_that_is_none) {
  for (const std::string address : {"localhost:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", ""})
    EXPECT_THROW(make_fetcher(FetcherOptions{.also_allowed = {address}}), std::invalid_argument) << address;
  EXPECT_NO_THROW(make_fetcher(FetcherOptions{.also_allowed = {"[::1]:8099"}}));
}

// ---- Sizes.

TEST_F(FetcherTest, takes_exactly_as_much_as_the_limit) {
  options.limits.max_bytes = 10;
  EXPECT_TRUE(fetch(serve(answering(ok("0123456789"))).url()));
  EXPECT_TRUE(fetch(serve(answering(chunked_head + chunk("01234") + chunk("56789") + "0\r\n\r\n")).url()));
  EXPECT_TRUE(fetch(serve(answering("HTTP/1.0 200 OK\r\n\r\n0123456789")).url()));
}

TEST_F(FetcherTest, refuses_the_first_byte_past_the_limit) {
  options.limits.max_bytes = 10;
  const std::string bodies[] = {"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
                                chunked_head + chunk("01234") + "6\r\n", "HTTP/1.0 200 OK\r\n\r\n01234567890"};
  for (const auto& body : bodies) {
    const auto fetched = fetch(serve(stalling(body)).url());  // no more than these bytes is waited for
    EXPECT_EQ(field_code(fetched), "too_large") << body;
    EXPECT_THAT(fetched.error().message, HasSubstr("10 bytes"));
  }
}

TEST_F(FetcherTest, ends_an_endless_body_at_the_limit) {
  options.limits.max_bytes = 3'000'000;
  const std::string much(100'000, 'x');
  EXPECT_EQ(field_code(fetch(serve(endless("HTTP/1.1 200 OK\r\n\r\n", much)).url())), "too_large");
  EXPECT_EQ(field_code(fetch(serve(endless(chunked_head, chunk(much))).url())), "too_large");
  EXPECT_LE(into.size().value(), 3'000'000u);
}

TEST_F(FetcherTest, refuses_heads_and_trailers_without_end) {
  const std::string field = "X: " + std::string(1000, 'x') + "\r\n";
  EXPECT_EQ(field_code(fetch(serve(endless("HTTP/1.1 200 OK\r\n", field)).url())), "url_failed");
  EXPECT_EQ(field_code(fetch(serve(endless("HTTP/1.1 200 ", std::string(1000, 'x'))).url())), "url_failed");
  EXPECT_EQ(field_code(fetch(serve(endless(chunked_head + std::string("0\r\n"), field)).url())), "url_failed");
  EXPECT_EQ(field_code(fetch(serve(endless(chunked_head + std::string("5;"), std::string(1000, 'x'))).url())),
            "url_failed");
}

// ---- Answers that give no file.

TEST_F(FetcherTest, says_what_the_server_answered) {
  const auto missing =
      fetch(serve(answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")).url("/a?token=secret"));
  EXPECT_EQ(field_code(missing), "url_failed");
  EXPECT_THAT(missing.error().fields[0].detail, HasSubstr("404"));
  EXPECT_THAT(missing.error().message, Not(HasSubstr("secret")));
  const auto forbidden = fetch(serve(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")).url());
  EXPECT_EQ(field_code(forbidden), "url_failed");
  EXPECT_THAT(forbidden.error().fields[0].detail, HasSubstr("presigned"));
  for (const auto* status : {"204 No Content", "206 Partial Content", "304 Not Modified", "101 Switching Protocols"})
    EXPECT_EQ(field_code(fetch(serve(answering("HTTP/1.1 " + std::string(status) + "\r\n\r\n")).url())), "url_failed");
}

TEST_F(FetcherTest, will_try_again_where_the_server_may_recover) {
  for (const auto* status : {"500 Oops", "503 Later", "429 Too Many Requests", "408 Request Timeout"}) {
    const auto fetched =
        fetch(serve(answering("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\n\r\n")).url());
    EXPECT_EQ(fetched.error().code, ErrorCode::unavailable) << status;
    EXPECT_THAT(fetched.error().message, HasSubstr(std::string(status).substr(0, 3)));
  }
}

TEST_F(FetcherTest, will_try_again_when_the_answer_breaks_off) {
  const std::string partial[] = {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
                                 chunked_head + std::string("64\r\nonly this"), chunked_head + chunk("this"),
                                 "HTTP/1.1 200 O", ""};
  for (const auto& bytes : partial)
    EXPECT_EQ(fetch(serve(answering(bytes)).url()).error().code, ErrorCode::unavailable) << bytes;
  auto& resetting = serve([](Wire& wire) -> awaitable<void> {
    co_await wire.receive_head();
    co_await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    wire.reset();
  });
  EXPECT_EQ(fetch(resetting.url()).error().code, ErrorCode::unavailable);
}

TEST_F(FetcherTest, takes_no_more_than_the_length_announced) {
  ASSERT_TRUE(fetch(serve(answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nthis and that")).url()));
  EXPECT_EQ(fetched_bytes(), "this");
}

TEST_F(FetcherTest, refuses_a_body_that_is_not_the_file_itself) {
  const auto packed = fetch(serve(answering(ok("\x1f\x8b", "Content-Encoding: gzip\r\n"))).url());
  EXPECT_EQ(field_code(packed), "url_failed");
  EXPECT_THAT(packed.error().fields[0].detail, HasSubstr("gzip"));
  EXPECT_EQ(
      field_code(fetch(serve(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")).url())),
      "url_failed");
}

TEST_F(FetcherTest, refuses_what_is_not_http) {
  for (const auto* bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "220 mail.example.org ESMTP\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"})
    EXPECT_EQ(field_code(fetch(serve(answering(bytes)).url())), "url_failed") << bytes;
}

TEST_F(FetcherTest, says_when_there_is_no_room) {
  into = File(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(fetch(serve(answering(ok("sound"))).url()).error().code, ErrorCode::storage_full);
}

// ---- Time.

TEST_F(FetcherTest, does_not_wait_for_a_server_that_has_gone_silent) {
  options.limits.idle = Milliseconds(30);
  for (const auto* bytes :
       {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"})
    EXPECT_EQ(fetch(serve(stalling(bytes)).url()).error().code, ErrorCode::timeout) << bytes;
}

// Sends a byte now and then, so that the connection is never idle for long.
Script dribbling(std::string first) {
  return [first = std::move(first)](Wire& wire) -> awaitable<void> {
    bool open = co_await wire.send(first);
    while (open) {
      co_await sleep_until(Deadline::in(Milliseconds(2)));
      open = co_await wire.send("x");
    }
  };
}

TEST_F(FetcherTest, gives_up_a_body_that_comes_too_slowly) {
  options.limits.whole = Milliseconds(60);
  const auto fetched = fetch(serve(dribbling("HTTP/1.1 200 OK\r\n\r\n")).url());
  EXPECT_EQ(fetched.error().code, ErrorCode::timeout);
  EXPECT_THAT(fetched.error().message, HasSubstr("in the time allowed"));
}

TEST_F(FetcherTest, gives_up_a_head_that_comes_too_slowly) {
  options.limits.idle = Milliseconds(60);  // for the whole of a head, however it comes
  EXPECT_EQ(fetch(serve(dribbling("HTTP/1.1 200 OK\r\nX: ")).url()).error().code, ErrorCode::timeout);
}

TEST_F(FetcherTest, keeps_to_the_caller_s_deadline) {
  EXPECT_EQ(fetch(serve(stalling("")).url(), Deadline::in(Milliseconds(30))).error().code, ErrorCode::timeout);
  auto& late = serve(answering(ok("x")));
  EXPECT_EQ(fetch(late.url(), Deadline::in(Milliseconds(0))).error().code, ErrorCode::timeout);
  EXPECT_EQ(late.connections, 0);
}

TEST_F(FetcherTest, closes_its_connection_when_it_is_cancelled) {
  bool closed = false;
  auto& server = serve([&](Wire& wire) -> awaitable<void> {
    co_await wire.receive_head();
    co_await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    fetching.cancel();
    co_await wire.until_closed();
    closed = true;
  });
  std::optional<Result<Fetched>> result;
  begin_fetch(server.url(), result);
  while (!closed) io.run_one();
  EXPECT_EQ(fetching.running(), 0u);
  EXPECT_FALSE(result);
}

TEST_F(FetcherTest, can_be_cancelled_while_a_name_is_looked_up) {
  Event never(io.get_executor());
  parts.look_up = [&](std::string) -> awaitable<Result<Addresses>> {
    asio::post(io, [&] { fetching.cancel(); });
    co_await never.wait(Deadline::never());
    co_return Addresses{};
  };
  std::optional<Result<Fetched>> result;
  begin_fetch("http://slow.test/", result);
  while (fetching.running() > 0) io.run_one();
  EXPECT_FALSE(result);
}

}  // namespace
}  // namespace soundbite
