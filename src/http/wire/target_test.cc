#include "http/wire/target.h"

#include <gtest/gtest.h>

namespace soundbite {
namespace {

TEST(Target, splits_into_path_and_query) {
  const auto parts = split_target("/a/b?c=d?e").value();
  EXPECT_EQ(parts.path, "/a/b");
  EXPECT_EQ(parts.query, "c=d?e");
  EXPECT_EQ(parts.authority, "");
}

TEST(Target, of_absolute_form_names_its_authority) {
  const auto parts = split_target("HTTP://Host:80?x=1").value();
  EXPECT_EQ(parts.path, "/");
  EXPECT_EQ(parts.query, "x=1");
  EXPECT_EQ(parts.authority, "Host:80");
}

TEST(Target, of_other_forms_is_refused) {
  for (const auto* target : {"a", "host:80", "ftp://a/", "http://", "http://user@host/", "**", ""}) {
    EXPECT_FALSE(split_target(target)) << target;
  }
}

TEST(PercentDecode, takes_utf8_and_refuses_the_rest) {
  EXPECT_EQ(percent_decode("a%3Ab+c%c3%A9"), "a:b+c\xc3\xa9");
  for (const auto* text : {"%", "%4", "%zz", "%00", "%ff", "%c0%80", "a%"}) EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(Authority, is_cut_to_its_host) {
  EXPECT_EQ(host_of_authority("LocalHost:80"), "localhost");
  EXPECT_EQ(host_of_authority("[::1]:8080"), "[::1]");
  EXPECT_EQ(host_of_authority("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(host_of_authority("localhost.evil.example"), "localhost.evil.example");
  EXPECT_EQ(host_of_authority(""), "");
}

TEST(Query, gives_each_parameter_once_and_names_those_nobody_took) {
  QueryReader query("wait=5&limt=3&wait=6&x=%zz");
  EXPECT_EQ(query.take("wait"), "5");
  EXPECT_EQ(query.take("limit"), std::nullopt);
  const auto errors = query.finish();
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(errors[0].pointer, "/query/wait");
  EXPECT_EQ(errors[0].code, "duplicate");
  EXPECT_EQ(errors[1].pointer, "/query/x");
  EXPECT_EQ(errors[1].code, "bad_encoding");
  EXPECT_EQ(errors[2].pointer, "/query/limt");
  EXPECT_EQ(errors[2].suggestions, std::vector<std::string>{"limit"});
}

TEST(Query, may_be_empty) {
  for (const auto* text : {"", "&", "&&"}) EXPECT_TRUE(QueryReader(text).finish().empty());
}

}  // namespace
}  // namespace soundbite
