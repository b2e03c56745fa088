// Resumable uploads, by the rules of tus 1.0.0.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "tests/support/http_server.h"
#include "tests/support/recordings.h"

namespace soundbite {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

const std::string wav = wav_of(20'000);
const std::string tus = "Tus-Resumable: 1.0.0\r\n";
const std::string chunk_type = "Content-Type: application/offset+octet-stream\r\n";

class TusTest : public testing::Test {
 protected:
  Reply create(const std::string& fields) { return client.request("POST", "/api/v1/uploads", tus + fields); }
  std::string begin(std::size_t length = wav.size()) {
    const Reply reply = create("Upload-Length: " + std::to_string(length) + "\r\n");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.header("Location");
  }
  Reply patch(const std::string& place, std::size_t offset, std::string_view bytes, const std::string& fields = {}) {
    auto one = server.connect();
    return one.request("PATCH", place, tus + chunk_type + "Upload-Offset: " + std::to_string(offset) + "\r\n" + fields,
                       bytes);
  }
  Reply look(const std::string& place) { return client.request("HEAD", place, tus); }
  std::string content(const Reply& finished) {
    return client.get("/api/v1/files/" + finished.header("Soundbite-File-Id") + "/content").body;
  }

  TestServer server{{.max_file_bytes = 1'000'000}};
  RawClient client = server.connect();
};

TEST_F(TusTest, tells_what_it_can_do_without_a_version) {
  const Reply reply = client.request("OPTIONS", "/api/v1/uploads");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("Tus-Version"), "1.0.0");
  EXPECT_EQ(reply.header("Tus-Max-Size"), "1000000");
  EXPECT_THAT(reply.header("Tus-Extension"), HasSubstr("creation-with-upload"));
  EXPECT_THAT(reply.header("Tus-Checksum-Algorithm"), HasSubstr("sha1"));
}

TEST_F(TusTest, refuses_another_version_and_does_nothing) {
  const std::string place = begin();
  for (const auto* version : {"", "Tus-Resumable: 0.2.2\r\n"}) {
    const Reply reply = client.request("HEAD", place, version);
    EXPECT_EQ(reply.status, 412);
    EXPECT_EQ(reply.header("Tus-Version"), "1.0.0");
  }
  EXPECT_EQ(client.request("DELETE", place, "Tus-Resumable: 2.0.0\r\n").status, 412);
  EXPECT_EQ(look(place).status, 200);
}

TEST_F(TusTest, makes_a_file_of_pieces) {
  const Reply made = create("Upload-Length: 20000\r\nUpload-Metadata: filename YS93LndhdiI=\r\n");
  const std::string place = made.header("Location");
  EXPECT_EQ(made.header("Upload-Expires"), "Sat, 03 Jan 2026 03:04:05 GMT");
  const Reply first = patch(place, 0, wav.substr(0, 7'000));
  EXPECT_EQ(first.status, 204) << first.body;
  EXPECT_EQ(first.header("Upload-Offset"), "7000");
  EXPECT_EQ(first.header("Soundbite-File-Id"), "");
  const Reply head = look(place);
  EXPECT_EQ(head.header("Upload-Offset"), "7000");
  EXPECT_EQ(head.header("Upload-Length"), "20000");
  EXPECT_EQ(head.header("Upload-Metadata"), "filename YS93LndhdiI=");
  EXPECT_EQ(head.header("Cache-Control"), "no-store");
  const Reply last = patch(place, 7'000, wav.substr(7'000));
  EXPECT_EQ(last.status, 204) << last.body;
  EXPECT_TRUE(content(last) == wav);
  EXPECT_EQ(look(place).header("Soundbite-File-Id"), last.header("Soundbite-File-Id"));
  EXPECT_EQ(look(place).header("Content-Location"), "/api/v1/files/" + last.header("Soundbite-File-Id"));
  const auto file = json::parse(client.get("/api/v1/files/" + last.header("Soundbite-File-Id")).body);
  EXPECT_EQ(file.at("name").as_string(), "w.wav\"");
}

TEST_F(TusTest, knows_what_it_is_however_little_came_first) {
  for (const std::size_t first : {1, 5, 11, 43}) {
    SCOPED_TRACE(first);
    const std::string place = create("Upload-Length: 20000\r\n").header("Location");
    EXPECT_EQ(patch(place, 0, wav.substr(0, first)).status, 204);
    const Reply last = patch(place, first, wav.substr(first));
    EXPECT_EQ(last.status, 204) << last.body;
    EXPECT_TRUE(content(last) == wav);
  }
}

TEST_F(TusTest, hashes_the_whole_also_when_the_first_pieces_are_forgotten) {
  const std::string place = begin();
  EXPECT_EQ(patch(place, 0, wav.substr(0, 7'000)).status, 204);
  EXPECT_EQ(
      patch(place, 7'000, wav.substr(7'000, 100), "Upload-Checksum: sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\r\n").status, 460)
      << "after this the digest so far is of no use";
  const Reply last = patch(place, 7'000, wav.substr(7'000));
  const Reply raw = client.request("POST", "/api/v1/files", {}, wav);
  const auto sha256 = [&](const std::string& id) {
    return json::parse(client.get("/api/v1/files/" + id).body).at("sha256");
  };
  EXPECT_EQ(sha256(last.header("Soundbite-File-Id")), sha256(std::string(json::parse(raw.body).at("id").as_string())));
}

TEST_F(TusTest, takes_bytes_with_the_creation) {
  const Reply part =
      client.request("POST", "/api/v1/uploads", tus + chunk_type + "Upload-Length: 20000\r\n", wav.substr(0, 5'000));
  EXPECT_EQ(part.status, 201) << part.body;
  EXPECT_EQ(part.header("Upload-Offset"), "5000");
  const Reply whole = client.request("POST", "/api/v1/uploads", tus + chunk_type + "Upload-Length: 20000\r\n", wav);
  EXPECT_EQ(whole.status, 201);
  EXPECT_TRUE(content(whole) == wav);
}

TEST_F(TusTest, learns_the_length_later) {
  const std::string place = create("Upload-Defer-Length: 1\r\n").header("Location");
  EXPECT_EQ(look(place).header("Upload-Defer-Length"), "1");
  EXPECT_EQ(look(place).header("Upload-Length"), "");
  EXPECT_EQ(patch(place, 0, wav.substr(0, 9'000)).status, 204);
  const Reply last = patch(place, 9'000, wav.substr(9'000), "Upload-Length: 20000\r\n");
  EXPECT_TRUE(content(last) == wav);
  EXPECT_EQ(look(place).header("Upload-Length"), "20000");
}

TEST_F(TusTest, refuses_creations_that_are_not_well_formed) {
  EXPECT_EQ(create("").status, 400);
  EXPECT_EQ(create("Upload-Length: 1\r\nUpload-Defer-Length: 1\r\n").status, 400);
  EXPECT_EQ(create("Upload-Defer-Length: 2\r\n").status, 400);
  EXPECT_EQ(create("Upload-Length: -1\r\n").status, 400);
  EXPECT_EQ(create("Upload-Length: 1\r\nUpload-Metadata: a,a\r\n").status, 400);
  const Reply large = create("Upload-Length: 1000001\r\n");
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.header("Tus-Max-Size"), "1000000");
  EXPECT_EQ(large.header("Tus-Resumable"), "1.0.0");
}

TEST_F(TusTest, is_complete_at_once_when_it_has_no_bytes) {
  const Reply reply = create("Upload-Length: 0\r\n");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(look(reply.header("Location")).header("Upload-Offset"), "0");
}

TEST_F(TusTest, changes_nothing_at_another_offset_or_of_another_type) {
  const std::string place = begin();
  EXPECT_EQ(patch(place, 0, wav.substr(0, 100)).status, 204);
  const Reply wrong = patch(place, 50, wav.substr(50));
  EXPECT_EQ(wrong.status, 409);
  EXPECT_THAT(wrong.body, HasSubstr("offset-mismatch"));
  EXPECT_EQ(client.request("PATCH", place, tus + "Upload-Offset: 100\r\nContent-Type: audio/wav\r\n", "abc").status,
            415);
  auto other = server.connect();
  EXPECT_EQ(other.request("PATCH", place, tus + chunk_type, "abc").status, 400);
  EXPECT_EQ(look(place).header("Upload-Offset"), "100");
}

TEST_F(TusTest, takes_no_byte_past_its_length) {
  const std::string place = begin(100);
  EXPECT_EQ(patch(place, 0, wav.substr(0, 101)).status, 413);
  EXPECT_EQ(look(place).header("Upload-Offset"), "0");
}

TEST_F(TusTest, discards_a_chunk_that_is_not_what_its_checksum_says) {
  const std::string place = begin();
  const Reply wrong = patch(place, 0, wav.substr(0, 100), "Upload-Checksum: sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\r\n");
  EXPECT_EQ(wrong.status, 460);
  EXPECT_EQ(look(place).header("Upload-Offset"), "0");
  EXPECT_EQ(patch(place, 0, "abc", "Upload-Checksum: crc32 AAAA\r\n").status, 400);
  EXPECT_EQ(patch(place, 0, "abc", "Upload-Checksum: sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\r\n").status, 204);
  EXPECT_EQ(patch(place, 3, "abc", "Upload-Checksum: md5 kAFQmDzST7DWlj99KOF/cg==\r\n").status, 204);
  EXPECT_EQ(patch(place, 6, "abc", "Upload-Checksum: sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\r\n").status,
            204);
}

TEST_F(TusTest, keeps_what_arrived_before_the_connection_ended) {
  const std::string place = begin();
  {
    auto gone = server.connect();
    gone.send("PATCH " + place + " HTTP/1.1\r\nHost: localhost\r\n" + tus + chunk_type +
              "Upload-Offset: 0\r\nContent-Length: 20000\r\n\r\n" + wav.substr(0, 12'345));
    gone.finish_sending();
    EXPECT_TRUE(gone.closed_by_server());
  }
  EXPECT_EQ(look(place).header("Upload-Offset"), "12345");
  EXPECT_TRUE(content(patch(place, 12'345, wav.substr(12'345))) == wav);
}

TEST_F(TusTest, keeps_nothing_of_a_chunk_with_a_checksum_that_broke_off) {
  const std::string place = begin();
  auto gone = server.connect();
  gone.send("PATCH " + place + " HTTP/1.1\r\nHost: localhost\r\n" + tus + chunk_type +
            "Upload-Checksum: sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\r\nUpload-Offset: 0\r\nContent-Length: 20000\r\n\r\n" +
            wav.substr(0, 12'345));
  gone.finish_sending();
  EXPECT_TRUE(gone.closed_by_server());
  EXPECT_EQ(look(place).header("Upload-Offset"), "0");
}

TEST_F(TusTest, has_one_writer_at_a_time) {
  const std::string place = begin();
  auto winner = server.connect();
  winner.send("PATCH " + place + " HTTP/1.1\r\nHost: localhost\r\n" + tus + chunk_type +
              "Upload-Offset: 0\r\nContent-Length: 20000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(winner.read_reply().status, 100) << "it has the upload now";
  EXPECT_EQ(patch(place, 0, wav).status, 423);
  EXPECT_EQ(client.request("DELETE", place, tus).status, 423);
  winner.send(wav);
  EXPECT_TRUE(content(winner.read_reply()) == wav);
}

TEST_F(TusTest, ends_when_it_is_told_to) {
  const std::string place = begin();
  const Reply ended = client.request("DELETE", place, tus);
  EXPECT_EQ(ended.status, 204);
  EXPECT_EQ(ended.header("Tus-Resumable"), "1.0.0");
  const Reply gone = look(place);
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.header("Upload-Offset"), "");
}

TEST_F(TusTest, expires) {
  const std::string place = begin();
  server.on_io([&] { server.clock.advance(std::chrono::hours(24)); });
  EXPECT_EQ(look(place).status, 410);
  EXPECT_EQ(patch(place, 0, wav).status, 410);
}

TEST_F(TusTest, lets_methods_be_named_in_a_header) {
  const std::string place = begin();
  const auto post = [&](const std::string& method, const std::string& fields, std::string_view body) {
    return client.request("POST", place, tus + "X-HTTP-Method-Override: " + method + "\r\n" + fields, body);
  };
  EXPECT_EQ(post("PATCH", chunk_type + "Upload-Offset: 0\r\n", wav.substr(0, 10)).status, 204);
  EXPECT_EQ(post("DELETE", {}, {}).status, 204);
  auto other = server.connect();
  EXPECT_EQ(other.request("POST", "/api/v1/files/x", "X-HTTP-Method-Override: DELETE\r\n").status, 405);
}

TEST_F(TusTest, is_gone_when_it_can_never_become_audio) {
  const std::string place = begin();
  EXPECT_EQ(patch(place, 0, std::string(5'000, '<')).status, 415);
  EXPECT_EQ(look(place).status, 404);
  const std::string small = begin(6);
  EXPECT_EQ(patch(small, 0, "<html>").status, 415) << "too short to tell before its end";
  EXPECT_EQ(look(small).status, 404);
}

}  // namespace
}  // namespace soundbite
