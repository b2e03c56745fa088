#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <thread>

#include "base/digest.h"
#include "tests/support/http_server.h"
#include "tests/support/recordings.h"

namespace soundbite {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

const std::string wav = wav_of(10'000);

std::string sha256_of(std::string_view bytes) {
  Digest digest(DigestAlgorithm::sha256);
  digest.add(std::as_bytes(std::span(bytes)));
  return to_hex(digest.finish());
}

std::string text(const Reply& reply, std::string_view member) {
  return std::string(json::parse(reply.body).at(member).as_string());
}

std::string error_code(const Reply& reply) {
  return std::string(json::parse(reply.body).at("errors").at(0).at("code").as_string());
}

Reply upload(RawClient& client, std::string_view body, const std::string& fields = {}, const std::string& query = {}) {
  return client.request("POST", "/api/v1/files" + query, fields, body);
}

std::string form_part(const std::string& parameters, std::string_view bytes) {
  return "--x\r\nContent-Disposition: form-data; " + parameters + "\r\n\r\n" + std::string(bytes) + "\r\n";
}

Reply upload_form(RawClient& client, const std::string& parts) {
  return upload(client, parts + "--x--\r\n", "Content-Type: multipart/form-data; boundary=x\r\n");
}

class FilesTest : public testing::Test {
 protected:
  std::size_t kept() {
    std::size_t count = 0;
    server.on_io([&] { count = server.store.files.records.size(); });
    return count;
  }

  TestServer server{{.max_body_bytes = 20'000, .max_file_bytes = 1'000'000}};
  RawClient client = server.connect();
};

TEST_F(FilesTest, take_a_raw_body_and_tell_what_it_is) {
  const Reply reply = upload(client, wav, "Content-Type: text/plain\r\n", "?name=a%2Fb.wav");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.header("Location"), "/api/v1/files/" + text(reply, "id"));
  EXPECT_EQ(text(reply, "sha256"), sha256_of(wav));
  EXPECT_EQ(text(reply, "contentType"), "audio/wav");
  EXPECT_EQ(text(reply, "name"), "b.wav");
  EXPECT_EQ(json::parse(reply.body).at("bytes").as_int64(), 10'000);
  EXPECT_EQ(client.get(reply.header("Location")).body, reply.body);
}

TEST_F(FilesTest, take_no_byte_of_the_request_behind_them) {
  const std::string large = wav_of(700'000);
  const std::string request = "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 700000\r\n\r\n" +
                              large + "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const std::size_t first : {10UL, 100UL, 5'000UL, 699'999UL, request.size() - 20}) {
    client.send(std::string_view(request).substr(0, first));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    client.send(std::string_view(request).substr(first));
    const Reply reply = client.read_reply();
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(text(reply, "sha256"), sha256_of(large));
    EXPECT_EQ(client.read_reply().status, 200);
  }
}

TEST_F(FilesTest, take_a_chunked_body) {
  const std::string large = wav_of(700'000);
  std::string encoded;
  for (std::size_t at = 0; at < large.size(); at += 70'000) encoded += "11170\r\n" + large.substr(at, 70'000) + "\r\n";
  client.send("POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + encoded +
              "0\r\n\r\n");
  const Reply reply = client.read_reply();
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(text(reply, "sha256"), sha256_of(large));
  EXPECT_EQ(client.get("/health/live").status, 200) << "the connection lives on";
}

TEST_F(FilesTest, take_a_form_with_its_hash_before_or_behind) {
  const std::string file = form_part("name=\"file\"; filename=\"../t\xc3\xb6ne.wav\"", wav);
  const std::string hash = form_part("name=\"sha256\"", sha256_of(wav));
  for (const std::string& form : {file, file + hash, hash + file}) {
    const Reply reply = upload_form(client, form);
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(text(reply, "name"), "t\xc3\xb6ne.wav");
  }
}

TEST_F(FilesTest, refuse_forms_that_hold_something_else) {
  const std::string file = form_part("name=\"file\"", wav);
  EXPECT_EQ(error_code(upload_form(client, form_part("name=\"sha256\"", sha256_of(wav)))), "missing");
  EXPECT_EQ(error_code(upload_form(client, file + file)), "duplicate");
  auto other = server.connect();
  EXPECT_EQ(error_code(upload_form(other, form_part("name=\"flie\"", wav))), "unknown_part");
  auto third = server.connect();
  EXPECT_EQ(upload(third, file, "Content-Type: multipart/form-data; boundary=x\r\n").status, 400) << "cut short";
  EXPECT_EQ(kept(), 0U);
}

TEST_F(FilesTest, are_what_every_digest_says_or_are_not_kept) {
  const std::string right_md5 = "Content-MD5: kAFQmDzST7DWlj99KOF/cg==\r\n";  // of "abc"
  const Reply md5 = upload(client, wav, right_md5);
  EXPECT_EQ(md5.status, 422);
  EXPECT_EQ(error_code(md5), "digest_mismatch");
  EXPECT_THAT(md5.body, HasSubstr("/header/Content-MD5"));
  const Reply digest =
      upload(client, wav, "Content-Digest: sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:\r\n");
  EXPECT_EQ(error_code(digest), "digest_mismatch");
  EXPECT_EQ(upload(client, wav, "Content-Digest: sha-256=abc\r\n").status, 400);
  auto other = server.connect();
  EXPECT_EQ(error_code(upload(other, wav, {}, "?sha256=" + sha256_of("x"))), "digest_mismatch");
  EXPECT_EQ(error_code(upload(other, wav, {}, "?sha256=abc")), "bad_digest");
  EXPECT_EQ(kept(), 0U);
  auto third = server.connect();
  EXPECT_EQ(upload(third, wav, {}, "?sha256=" + sha256_of(wav)).status, 201);
}

TEST_F(FilesTest, must_be_audio_by_their_first_bytes) {
  for (const std::string& bytes : {std::string("\x89PNG\r\n\x1a\n") + std::string(100, 'x'), std::string("%PDF-1.7"),
                                   std::string("<html>"), std::string("#EXTM3U\nhttp://x/")}) {
    auto one = server.connect();
    const Reply reply = upload(one, bytes, "Content-Type: audio/mpeg\r\n", "?name=a.mp3");
    EXPECT_EQ(reply.status, 415) << bytes;
    EXPECT_EQ(error_code(reply), "unsupported_media");
  }
  EXPECT_EQ(error_code(upload_form(client, form_part("name=\"file\"", ""))), "empty_file");
  EXPECT_EQ(kept(), 0U);
}

TEST_F(FilesTest, are_refused_for_their_type_before_they_have_come_whole) {
  client.send("POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\n" +
              std::string(5'000, '<'));
  EXPECT_EQ(client.read_reply().status, 415);
}

TEST_F(FilesTest, of_no_bytes_are_no_files) {
  const Reply reply = client.request("POST", "/api/v1/files", "Content-Length: 0\r\n");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(error_code(reply), "empty_file");
}

TEST_F(FilesTest, past_the_limit_are_refused_before_the_body_where_its_length_is_told) {
  client.send(
      "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000001\r\nExpect: 100-continue\r\n\r\n");
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("1000000"));
}

TEST_F(FilesTest, past_the_limit_are_refused_at_the_first_byte_past_it) {
  const std::string file = wav_of(1'000'001);
  client.send(
      "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
      "Content-Length: 1001000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" +
      file);  // the rest never comes
  EXPECT_EQ(client.read_reply().status, 413);
  auto other = server.connect();
  other.send("POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nF4241\r\nRIFF");
  EXPECT_EQ(other.read_reply().status, 413);
}

TEST_F(FilesTest, are_asked_for_by_100_continue_only_when_they_are_wanted) {
  client.send(
      "POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 100);
  client.send(wav);
  EXPECT_EQ(client.read_reply().status, 201);
  auto other = server.connect();
  other.send(
      "POST /api/v1/files?sha256=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(other.read_reply().status, 422);
}

TEST_F(FilesTest, with_a_content_encoding_are_refused) {
  EXPECT_EQ(upload(client, wav, "Content-Encoding: gzip\r\n").status, 415);
}

TEST_F(FilesTest, that_break_off_leave_nothing_behind) {
  {
    auto gone = server.connect();
    gone.send("POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n" + wav.substr(0, 9'999));
    gone.finish_sending();
    EXPECT_TRUE(gone.closed_by_server());
  }
  EXPECT_EQ(kept(), 0U);
  EXPECT_THAT(client.get("/metrics").body, HasSubstr("soundbite_uploads_total{outcome=\"dropped\"} 1"));
}

TEST_F(FilesTest, are_listed_newest_first_in_pages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.insert(ids.begin(), text(upload(client, wav), "id"));
    server.on_io([&] { server.clock.advance(Milliseconds(5)); });
  }
  const Reply first = client.get("/api/v1/files?limit=2");
  const auto page = json::parse(first.body);
  EXPECT_EQ(page.at("items").at(0).at("id").as_string(), ids[0]);
  EXPECT_EQ(page.at("items").at(1).at("id").as_string(), ids[1]);
  const auto rest = json::parse(client.get("/api/v1/files?limit=2&cursor=" + text(first, "nextCursor")).body);
  EXPECT_EQ(rest.at("items").as_array().size(), 1U);
  EXPECT_TRUE(rest.at("nextCursor").is_null());
  EXPECT_EQ(client.get("/api/v1/files?limit=0").status, 422);
}

TEST_F(FilesTest, are_sent_in_ranges_with_their_name) {
  const Reply made = upload(client, wav, {}, "?name=%C3%A9%22.wav");
  const std::string place = made.header("Location") + "/content";
  const Reply whole = client.get(place);
  EXPECT_TRUE(whole.body == wav);
  EXPECT_EQ(whole.header("Content-Type"), "audio/wav");
  EXPECT_EQ(whole.header("Content-Disposition"), "attachment; filename=\"___.wav\"; filename*=UTF-8''%C3%A9%22.wav");
  const Reply part = client.get(place, "Range: bytes=100-199\r\nIf-Range: " + whole.header("ETag") + "\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_TRUE(part.body == wav.substr(100, 100));
  EXPECT_EQ(client.get(place, "If-None-Match: " + whole.header("ETag") + "\r\n").status, 304);
  EXPECT_EQ(client.request("HEAD", place).header("Content-Length"), "10000");
}

TEST_F(FilesTest, are_deleted_but_not_under_a_job_that_needs_them) {
  const std::string place = upload(client, wav).header("Location");
  const std::string id = place.substr(place.rfind('/') + 1);
  ASSERT_EQ(client.post_json("/api/v1/soundbites", R"({"fileId":")" + id + "\"}").status, 202);
  const Reply refused = client.request("DELETE", place);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(text(refused, "type"), "/problems/file-in-use");
  server.on_io([&] { server.store.records.begin()->second.first.status = Status::ready; });
  EXPECT_EQ(client.request("DELETE", place).status, 204);
  EXPECT_EQ(client.get(place).status, 404);
  EXPECT_EQ(client.get(place + "/content").status, 404);
}

TEST_F(FilesTest, that_are_unknown_are_told_in_the_same_words_whatever_is_asked) {
  EXPECT_EQ(client.get("/api/v1/files/x").status, 404);
  EXPECT_EQ(client.get("/api/v1/files/01900000-0000-7000-8000-000000000000").status, 404);
  EXPECT_EQ(client.request("DELETE", "/api/v1/files/01900000-0000-7000-8000-000000000000").status, 404);
}

TEST_F(FilesTest, wait_for_room) {
  server.on_io([&] { server.store.room = false; });
  EXPECT_EQ(upload(client, wav).status, 503);
}

TEST_F(FilesTest, that_come_too_slowly_are_given_up) {
  TestServer strict({.upload_idle_timeout = Milliseconds(20)});
  auto slow = strict.connect();
  slow.send("POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\nRIFF");
  EXPECT_EQ(slow.read_reply().status, 408);
  EXPECT_TRUE(slow.closed_by_server());
}

}  // namespace
}  // namespace soundbite
