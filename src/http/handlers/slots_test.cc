#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "base/digest.h"
#include "tests/support/http_server.h"
#include "tests/support/recordings.h"

namespace soundbite {
namespace {

namespace json = boost::json;

const std::string wav = wav_of(5'000);

std::string sha256_of(std::string_view bytes) {
  Digest digest(DigestAlgorithm::sha256);
  digest.add(std::as_bytes(std::span(bytes)));
  return to_hex(digest.finish());
}

class SlotsTest : public testing::Test {
 protected:
  json::value offer(const std::string& body) {
    const Reply reply = client.post_json("/api/v1/files/presign", body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
  }
  json::value offer() {
    return offer(R"({"bytes":5000,"sha256":")" + sha256_of(wav) +
                 R"(","contentType":"audio/wav","name":"a/\u20ac.wav"})");
  }
  Reply fill(const std::string& url, std::string_view bytes, const std::string& type = "audio/wav") {
    auto one = server.connect();
    return one.request("PUT", url, "Content-Type: " + type + "\r\n", bytes);
  }
  static std::string url_of(const json::value& slot) { return std::string(slot.at("url").as_string()); }
  static std::string problem(const Reply& reply) { return std::string(json::parse(reply.body).at("type").as_string()); }

  TestServer server;
  RawClient client = server.connect();
};

TEST_F(SlotsTest, take_the_file_that_was_announced) {
  const auto slot = offer();
  EXPECT_EQ(slot.at("method").as_string(), "PUT");
  EXPECT_EQ(slot.at("headers").at("Content-Type").as_string(), "audio/wav");
  EXPECT_EQ(slot.at("expiresAt").as_string(), "2026-01-02T04:04:05.000Z");
  const Reply filled = fill(url_of(slot), wav);
  ASSERT_EQ(filled.status, 201) << filled.body;
  const auto file = json::parse(client.get(filled.header("Location")).body);
  EXPECT_EQ(file.at("id").as_string(), slot.at("fileId").as_string());
  EXPECT_EQ(file.at("name").as_string(), "\u20ac.wav");
}

TEST_F(SlotsTest, are_used_once) {
  const std::string url = url_of(offer());
  ASSERT_EQ(fill(url, wav).status, 201);
  const Reply again = fill(url, wav);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(problem(again), "/problems/already-uploaded");
}

TEST_F(SlotsTest, take_no_other_bytes_and_stay_open) {
  const std::string url = url_of(offer());
  EXPECT_EQ(fill(url, wav_of(5'001)).status, 422);
  std::string other = wav;
  other.back() = '!';
  EXPECT_EQ(fill(url, other).status, 422);
  EXPECT_EQ(fill(url, wav).status, 201);
}

TEST_F(SlotsTest, open_for_the_address_and_type_as_they_were_given_alone) {
  const std::string url = url_of(offer());
  EXPECT_EQ(fill(url, wav, "audio/mpeg").status, 403);
  for (const std::string_view part : {"bytes=5000", "sha256=", "expires=1", "signature="}) {
    std::string changed = url;
    const std::size_t at = changed.find(part) + part.size();
    if (part == "bytes=5000") {
      changed.insert(at, "0");
    } else {
      changed[at] = changed[at] == '1' ? '2' : '1';
    }
    const Reply reply = fill(changed, wav);
    EXPECT_EQ(reply.status, 403) << changed;
    EXPECT_EQ(problem(reply), "/problems/bad-signature");
  }
  EXPECT_EQ(fill(url + "&user=other", wav).status, 403);
  EXPECT_EQ(fill(url.substr(0, url.find('?')), wav).status, 403);
}

TEST_F(SlotsTest, expire) {
  const std::string url = url_of(offer());
  server.on_io([&] { server.clock.advance(std::chrono::hours(1)); });
  EXPECT_EQ(fill(url, wav).status, 410);
}

TEST_F(SlotsTest, are_offered_for_what_can_be_taken) {
  const auto errors = [&](const std::string& body) {
    const Reply reply = client.post_json("/api/v1/files/presign", body);
    EXPECT_EQ(reply.status, 422);
    return json::parse(reply.body).at("errors").as_array().size();
  };
  EXPECT_EQ(errors("{}"), 3U);
  EXPECT_EQ(errors(R"({"bytes":0,"sha256":"abc","contentType":"a\nb","nmae":"x"})"), 4U);
  EXPECT_EQ(errors(R"({"bytes":100000001,"sha256":")" + sha256_of("") + R"(","contentType":"audio/wav"})"), 1U);
}

}  // namespace
}  // namespace soundbite
