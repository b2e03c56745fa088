#include "http/routes.h"

#include <gtest/gtest.h>

#include <set>

namespace soundbite {
namespace {

std::string_view name_of_match(Method method, std::string_view path) {
  const RouteMatch match = match_route(method, path);
  return match.route ? match.route->name : "";
}

TEST(Routes, are_found_by_method_and_path) {
  EXPECT_EQ(name_of_match(Method::post, "/api/v1/soundbites"), "submit");
  EXPECT_EQ(name_of_match(Method::get, "/api/v1/soundbites"), "list");
  EXPECT_EQ(name_of_match(Method::get, "/api/v1/soundbites/x"), "show");
  EXPECT_EQ(name_of_match(Method::remove, "/api/v1/soundbites/x"), "delete");
  EXPECT_EQ(name_of_match(Method::post, "/api/v1/soundbites/x/cancel"), "cancel");
  EXPECT_EQ(name_of_match(Method::get, "/api/v1/soundbites/x/audio"), "audio");
  EXPECT_EQ(name_of_match(Method::get, "/health/live"), "health_live");
  EXPECT_EQ(match_route(Method::get, "/api/v1/soundbites/x/audio").parameter, "x");
}

TEST(Routes, answer_head_wherever_they_answer_get) {
  for (const Route& route : all_routes()) {
    if (route.method != Method::get) continue;
    std::string path(route.pattern);
    if (const auto open = path.find('{'); open != path.npos) path.replace(open, path.find('}') - open + 1, "x");
    EXPECT_EQ(name_of_match(Method::head, path), route.name);
  }
}

TEST(Routes, do_not_take_paths_that_only_look_like_theirs) {
  for (const auto* path : {"/api/v1/soundbites/", "/api/v1/soundbites/x/", "/api/v1/soundbites//audio",
                           "/API/v1/soundbites", "/api/v1/soundbites/a/b/audio", "//health", "/health/", "",
                           "/api/v1/file", "/api/v1/uploads//", "/v1/audio/speech"}) {
    EXPECT_EQ(match_route(Method::get, path).allowed, 0) << path;
  }
}

TEST(Routes, tell_which_methods_a_path_has) {
  EXPECT_EQ(allow_list(match_route(Method::put, "/api/v1/soundbites").allowed), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(allow_list(match_route(Method::put, "/api/v1/soundbites/x").allowed), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(match_route(Method::put, "/api/v1/soundbites").route, nullptr);
  EXPECT_EQ(name_of_match(Method::options, "/health"), "options");
  EXPECT_EQ(name_of_match(Method::options, "*"), "options");
}

TEST(Routes, tell_a_form_from_json_where_one_address_takes_both) {
  EXPECT_EQ(match_route(Method::post, "/api/v1/soundbites").route->name, "submit");
  EXPECT_EQ(match_route(Method::post, "/api/v1/soundbites", true).route->name, "submit_form");
  EXPECT_EQ(match_route(Method::post, "/api/v1/files/presign", true).route->name, "presign");
}

TEST(Routes, answer_head_of_an_upload_though_there_is_nothing_to_get) {
  EXPECT_EQ(name_of_match(Method::head, "/api/v1/uploads/x"), "tus_head");
  EXPECT_EQ(match_route(Method::get, "/api/v1/uploads/x").route, nullptr);
  EXPECT_EQ(name_of_match(Method::options, "/api/v1/uploads"), "tus_options");
}

TEST(Routes, have_names_of_their_own) {
  std::set<std::string_view> names;
  for (const Route& route : all_routes()) EXPECT_TRUE(names.insert(route.name).second) << route.name;
}

}  // namespace
}  // namespace soundbite
