#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "tests/support/http_server.h"

namespace soundbite {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

TEST(Voices, are_listed_and_shown_by_name) {
  TestServer server;
  auto client = server.connect();
  const json::value list = json::parse(client.get("/api/v1/voices").body);
  const json::value shown = json::parse(client.get("/api/v1/voices/espeak%3Aen-us").body);
  EXPECT_EQ(list.at("items").at(0), shown);
  EXPECT_EQ(shown.at("id"), "espeak:en-us");
  EXPECT_EQ(shown.at("sampleRate"), 22'050);
  EXPECT_EQ(shown.at("available"), true);
  EXPECT_EQ(client.get("/api/v1/voices/espeak:en-us").status, 200);
}

TEST(Voices, suggest_the_nearest_name) {
  TestServer server;
  auto client = server.connect();
  const Reply reply = client.get("/api/v1/voices/espeak:en-uk");
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("espeak:en-us"));
  EXPECT_EQ(client.get("/api/v1/voices/%ff").status, 404);
  EXPECT_EQ(client.get("/api/v1/voices?sort=up").status, 422);
}

TEST(Health, is_ready_while_the_store_answers_and_nobody_stops_it) {
  TestServer server;
  auto client = server.connect();
  EXPECT_EQ(client.get("/health/live").status, 200);
  EXPECT_EQ(json::parse(client.get("/health").body).at("status"), "ok");
  EXPECT_EQ(client.get("/health/ready").status, 200);
  server.on_io([&] { server.health.begin_stopping(); });
  EXPECT_EQ(client.get("/health/live").status, 200);
  const Reply stopping = client.get("/health/ready");
  EXPECT_EQ(stopping.status, 503);
  EXPECT_EQ(json::parse(stopping.body).at("status"), "stopping");
  EXPECT_FALSE(stopping.header("Retry-After").empty());
}

TEST(ProblemPage, explains_each_type_to_people_and_programs) {
  TestServer server;
  auto client = server.connect();
  for (const ProblemType& type : problem_types()) {
    const std::string target = "/problems/" + std::string(type.name);
    EXPECT_THAT(client.get(target, "Accept: text/html,*/*\r\n").body, HasSubstr(std::to_string(type.status)));
    EXPECT_EQ(json::parse(client.get(target).body).at("status").as_int64(), type.status);
  }
  EXPECT_EQ(client.get("/problems/unheard-of").status, 404);
}

TEST(Index, points_to_what_there_is) {
  TestServer server;
  auto client = server.connect();
  const json::value links = json::parse(client.get("/").body).at("links");
  for (const auto& link : links.as_object()) EXPECT_EQ(client.get(std::string(link.value().as_string())).status, 200);
}

}  // namespace
}  // namespace soundbite
