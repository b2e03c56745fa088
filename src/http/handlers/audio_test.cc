#include <gmock/gmock.h>

#include "tests/support/http_server.h"

namespace soundbite {
namespace {

using testing::HasSubstr;

std::string bytes_of_size(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

std::string address(const JobId& id, std::string_view tail = {}) {
  return "/api/v1/soundbites/" + id.text() + "/audio" + std::string(tail);
}

TEST(Audio, is_sent_whole_with_what_players_need) {
  TestServer server;
  const std::string audio = bytes_of_size(300'000);
  const JobId id = server.add_ready_job(audio);
  auto client = server.connect();
  const Reply reply = client.get(address(id));
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body == audio);
  EXPECT_EQ(reply.header("Content-Type"), "audio/mpeg");
  EXPECT_EQ(reply.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(reply.header("ETag"), '"' + std::string(64, 'a') + '"');
  EXPECT_EQ(reply.header("Cache-Control"), "private, no-cache");
  EXPECT_EQ(reply.header("Content-Disposition"), "inline; filename=\"soundbite-" + id.text() + ".mp3\"");
  EXPECT_EQ(client.get(address(id, "?download=1")).header("Content-Disposition"),
            "attachment; filename=\"soundbite-" + id.text() + ".mp3\"");
  EXPECT_EQ(client.get(address(id, "?download=maybe")).status, 422);
}

TEST(Audio, is_described_by_head_without_its_bytes) {
  TestServer server;
  const JobId id = server.add_ready_job(bytes_of_size(1000));
  auto client = server.connect();
  const Reply reply = client.request("HEAD", address(id), "Range: bytes=0-1\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Length"), "1000");
  EXPECT_EQ(client.get(address(id)).body.size(), 1000U);
}

TEST(Audio, is_sent_in_the_range_that_was_asked) {
  TestServer server;
  const std::string audio = bytes_of_size(200'000);
  const JobId id = server.add_ready_job(audio);
  auto client = server.connect();
  struct Case {
    const char* range;
    std::size_t first;
    std::size_t last;
  };
  for (const auto& [range, first, last] :
       {Case{"bytes=0-0", 0, 0}, Case{"bytes=10-199999", 10, 199'999}, Case{"bytes=65535-65536", 65'535, 65'536},
        Case{"bytes=-3", 199'997, 199'999}, Case{"bytes=199999-", 199'999, 199'999}}) {
    const Reply reply = client.get(address(id), std::string("Range: ") + range + "\r\n");
    EXPECT_EQ(reply.status, 206) << range;
    EXPECT_TRUE(reply.body == audio.substr(first, last - first + 1)) << range;
    EXPECT_EQ(reply.header("Content-Range"), "bytes " + std::to_string(first) + '-' + std::to_string(last) + "/200000");
  }
}

TEST(Audio, has_no_bytes_behind_its_end) {
  TestServer server;
  const JobId id = server.add_ready_job(bytes_of_size(10));
  auto client = server.connect();
  const Reply reply = client.get(address(id), "Range: bytes=10-\r\n");
  EXPECT_EQ(reply.status, 416);
  EXPECT_EQ(reply.header("Content-Range"), "bytes */10");
}

TEST(Audio, is_sent_whole_when_several_ranges_are_asked) {
  TestServer server;
  const JobId id = server.add_ready_job(bytes_of_size(10));
  auto client = server.connect();
  std::string many = "Range: bytes=0-1";
  for (int i = 0; i < 1000; ++i) many += ",0-1";
  EXPECT_EQ(client.get(address(id), many + "\r\n").status, 200);
}

TEST(Audio, range_holds_only_for_the_bytes_that_if_range_names) {
  TestServer server;
  const JobId id = server.add_ready_job(bytes_of_size(10));
  auto client = server.connect();
  const std::string etag = client.get(address(id)).header("ETag");
  EXPECT_EQ(client.get(address(id), "Range: bytes=0-1\r\nIf-Range: " + etag + "\r\n").status, 206);
  EXPECT_EQ(client.get(address(id), "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n").status, 200);
  EXPECT_EQ(client.get(address(id), "Range: bytes=0-1\r\nIf-Range: W/" + etag + "\r\n").status, 200);
  EXPECT_EQ(client.get(address(id), "Range: bytes=0-1\r\nIf-Range: Fri, 02 Jan 2026 03:04:05 GMT\r\n").status, 200);
}

TEST(Audio, is_not_sent_again_to_who_has_it) {
  TestServer server;
  const JobId id = server.add_ready_job(bytes_of_size(10));
  auto client = server.connect();
  const std::string etag = client.get(address(id)).header("ETag");
  const Reply reply = client.get(address(id), "If-None-Match: " + etag + "\r\nRange: bytes=0-1\r\n");
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(reply.header("ETag"), etag);
}

TEST(Audio, of_an_unfinished_job_is_a_problem_that_says_why) {
  TestServer server;
  const JobId pending = server.add_job();
  const JobId cancelled = server.add_job([](Job& job) { job.status = Status::cancelled; });
  const JobId failed = server.add_job([](Job& job) {
    job.status = Status::failed;
    job.error = Problem{find_problem_type("processing-failed"), "the encoder crashed three times", {}};
  });
  auto client = server.connect();
  const Reply not_ready = client.get(address(pending));
  EXPECT_EQ(not_ready.status, 409);
  EXPECT_THAT(not_ready.body, HasSubstr("/problems/not-ready"));
  EXPECT_THAT(client.get(address(cancelled)).body, HasSubstr("/problems/job-cancelled"));
  EXPECT_THAT(client.get(address(failed)).body, HasSubstr("the encoder crashed three times"));
  EXPECT_EQ(client.get("/api/v1/soundbites/x/audio").status, 404);
}

}  // namespace
}  // namespace soundbite
