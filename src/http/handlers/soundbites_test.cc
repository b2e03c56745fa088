#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "tests/support/http_server.h"

namespace soundbite {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

std::string address(const JobId& id, std::string_view tail = {}) {
  return "/api/v1/soundbites/" + id.text() + std::string(tail);
}

TEST(Submit, answers_202_with_the_place_of_the_soundbite) {
  TestServer server;
  auto client = server.connect();
  const Reply reply = client.post_json("/api/v1/soundbites", R"({"text":"Hello.","metadata":{"order":"42"}})");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const json::value body = json::parse(reply.body);
  EXPECT_EQ(body.at("status"), "pending");
  EXPECT_EQ(reply.header("Location"), "/api/v1/soundbites/" + std::string(body.at("id").as_string()));
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(client.get(reply.header("Location")).status, 200);
}

TEST(Submit, tells_malformed_json_from_wrong_fields) {
  TestServer server;
  auto client = server.connect();
  EXPECT_EQ(client.post_json("/api/v1/soundbites", "{").status, 400);
  EXPECT_EQ(client.post_json("/api/v1/soundbites", R"({"text":"a","text":"b"})").status, 400);
  const Reply reply = client.post_json("/api/v1/soundbites", R"({"text":"","speed":0,"colour":"red"})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(json::parse(reply.body).at("errors").as_array().size(), 3U);
}

TEST(Submit, suggests_the_nearest_voice) {
  TestServer server;
  auto client = server.connect();
  const Reply reply = client.post_json("/api/v1/soundbites", R"({"text":"Hi","voiceId":"espeak:en-uk"})");
  EXPECT_EQ(reply.status, 422);
  const json::value error = json::parse(reply.body).at("errors").at(0);
  EXPECT_EQ(error.at("pointer"), "/voiceId");
  EXPECT_EQ(error.at("suggestions").at(0), "espeak:en-us");
}

TEST(Show, answers_404_for_what_is_not_an_id_in_canonical_form) {
  TestServer server;
  auto client = server.connect();
  std::string upper = server.add_job().text();
  std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  for (const std::string& id : {upper, std::string("x"), std::string("..%2f.."), std::string(300, 'a'),
                                std::string("01890000-0000-7000-8000-000000000000"), std::string("%00")}) {
    const Reply reply = client.get("/api/v1/soundbites/" + id);
    EXPECT_EQ(reply.status, 404) << id;
    EXPECT_THAT(reply.body, HasSubstr("/problems/not-found")) << id;
  }
}

TEST(Show, answers_304_while_the_client_has_the_version) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  const std::string etag = client.get(address(id)).header("ETag");
  EXPECT_EQ(etag, "W/\"1\"");
  const Reply same = client.get(address(id), "If-None-Match: \"x\", " + etag + "\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.header("ETag"), etag);
  EXPECT_EQ(same.header("Content-Length"), "");
  server.change_job(id, [](Job& job) { job.progress = 0.5; });
  EXPECT_EQ(client.get(address(id), "If-None-Match: " + etag + "\r\n").status, 200);
}

TEST(Show, waits_until_the_job_settles) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  client.send("GET " + address(id, "?wait=20") + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.change_job(id, [](Job& job) { job.status = Status::processing; });
  server.change_job(id, [](Job& job) { job.status = Status::cancelled; });
  EXPECT_THAT(client.read_reply().body, HasSubstr("\"cancelled\""));
}

TEST(Show, answers_with_the_state_at_the_end_of_the_wait) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  EXPECT_THAT(client.get(address(id, "?wait=0.05")).body, HasSubstr("\"pending\""));
  EXPECT_EQ(client.get(address(id, "?wait=0.05"), "If-None-Match: W/\"1\"\r\n").status, 304);
}

TEST(Show, waits_for_any_change_of_the_version_the_client_has) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  client.send("GET " + address(id, "?wait=20") + " HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: W/\"1\"\r\n\r\n");
  server.change_job(id, [](Job& job) { job.progress = 0.5; });
  const Reply reply = client.read_reply();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("ETag"), "W/\"2\"");
}

TEST(Show, does_not_wait_for_a_version_that_has_passed) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  EXPECT_EQ(client.get(address(id, "?wait=30"), "If-None-Match: W/\"0\"\r\n").status, 200);
}

TEST(Show, names_what_is_wrong_with_a_query) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  for (const auto* query : {"?wait=31", "?wait=-1", "?wait=nan", "?wait=1e1", "?wait=", "?wait=1&wait=1", "?wiat=1",
                            "?wait=0x1", "?wait=inf"}) {
    EXPECT_EQ(client.get(address(id, query)).status, 422) << query;
  }
  EXPECT_EQ(json::parse(client.get(address(id, "?wiat=1")).body).at("errors").at(0).at("suggestions").at(0), "wait");
}

TEST(List, pages_from_the_newest_to_the_oldest) {
  TestServer server;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(server.add_job().text());
  std::ranges::reverse(ids);
  auto client = server.connect();
  std::vector<std::string> seen;
  std::string target = "/api/v1/soundbites?limit=2";
  while (true) {
    const json::value page = json::parse(client.get(target).body);
    for (const auto& item : page.at("items").as_array()) seen.emplace_back(item.at("id").as_string());
    if (page.at("nextCursor").is_null()) break;
    target = "/api/v1/soundbites?limit=2&cursor=" + std::string(page.at("nextCursor").as_string());
  }
  EXPECT_EQ(seen, ids);
}

TEST(List, selects_by_state_and_time) {
  TestServer server;
  const JobId first = server.add_job();
  const std::string between = "2026-01-02T03:04:05.0005Z";  // cut to the first one's own millisecond
  const JobId second = server.add_job([](Job& job) { job.status = Status::cancelled; });
  auto client = server.connect();
  const auto only = [&](const std::string& query) {
    const json::value page = json::parse(client.get("/api/v1/soundbites?" + query).body);
    return page.at("items").as_array().size() == 1 ? std::string(page.at("items").at(0).at("id").as_string()) : "";
  };
  EXPECT_EQ(only("status=pending"), first.text());
  EXPECT_EQ(only("status=cancelled"), second.text());
  EXPECT_EQ(only("createdAfter=" + between), second.text());
  EXPECT_EQ(only("createdBefore=2026-01-02T04:04:05.001%2B01:00"), first.text());
}

TEST(List, names_everything_that_is_wrong_with_a_query) {
  TestServer server;
  auto client = server.connect();
  const Reply reply =
      client.get("/api/v1/soundbites?status=done&limit=101&cursor=abc&createdAfter=yesterday&createdBefore=%zz&page=2");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(json::parse(reply.body).at("errors").as_array().size(), 6U);
  for (const auto* limit : {"0", "-1", "1.5", "ten", "", "99999999999999999999"}) {
    EXPECT_EQ(client.get(std::string("/api/v1/soundbites?limit=") + limit).status, 422) << limit;
  }
}

TEST(Cancel, answers_202_with_the_state_after_it) {
  TestServer server;
  const JobId id = server.add_job();
  auto client = server.connect();
  const Reply reply = client.request("POST", address(id, "/cancel"));
  EXPECT_EQ(reply.status, 202);
  EXPECT_THAT(reply.body, HasSubstr("\"cancelled\""));
  const JobId done = server.add_ready_job("x");
  EXPECT_EQ(client.request("POST", address(done, "/cancel")).status, 409);
}

TEST(Retry, starts_a_failed_job_again) {
  TestServer server;
  const JobId failed = server.add_job([](Job& job) { job.status = Status::failed; });
  const JobId pending = server.add_job();
  auto client = server.connect();
  const Reply reply = client.request("POST", address(failed, "/retry"));
  EXPECT_EQ(reply.status, 202);
  EXPECT_THAT(reply.body, HasSubstr("\"pending\""));
  EXPECT_EQ(client.request("POST", address(pending, "/retry")).status, 409);
}

TEST(Delete, leaves_nothing_behind) {
  TestServer server;
  const JobId id = server.add_ready_job("bytes");
  auto client = server.connect();
  const Reply reply = client.request("DELETE", address(id));
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("Content-Length"), "");
  EXPECT_EQ(client.get(address(id)).status, 404);
  EXPECT_EQ(client.request("DELETE", address(id)).status, 404);
  server.on_io([&] { EXPECT_TRUE(server.store.blob_bytes.empty()); });
}

}  // namespace
}  // namespace soundbite
