#include "app/config/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace soundbite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const CommandSpec say{.name = "say",
                      .summary = "speak",
                      .words = "[TEXT|-]",
                      .max_words = 1,
                      .options = {{.name = "output", .letter = 'o', .placeholder = "FILE", .help = "where to"},
                                  {.name = "volume", .placeholder = "DB", .help = "louder"},
                                  {.name = "json", .placeholder = "", .help = "for scripts"}},
                      .settings = {"voices-dir"},
                      .examples = "  soundbite say hello\n"};

Result<Arguments> parse(std::vector<const char*> written) { return parse_arguments(say, written); }

TEST(Arguments, flags_and_words_come_in_any_order) {
  const auto arguments = parse({"-o", "x.mp3", "hello there", "--json", "--volume=-6"});
  ASSERT_TRUE(arguments) << arguments.error().message;
  EXPECT_THAT(arguments->words(), ElementsAre("hello there"));
  EXPECT_EQ(arguments->value("output"), "x.mp3");
  EXPECT_EQ(arguments->value("volume"), "-6");
  EXPECT_TRUE(arguments->has("json"));
  EXPECT_FALSE(arguments->has("help"));
  EXPECT_EQ(parse({"--volume", "-6", "x"})->value("volume"), "-6");
}

TEST(Arguments, a_dash_is_a_word_and_a_value) {
  const auto arguments = parse({"-", "-o", "-"});
  ASSERT_TRUE(arguments) << arguments.error().message;
  EXPECT_THAT(arguments->words(), ElementsAre("-"));
  EXPECT_EQ(arguments->value("output"), "-");
}

TEST(Arguments, what_follows_two_dashes_is_a_word) {
  EXPECT_THAT(parse({"--", "--json"})->words(), ElementsAre("--json"));
  EXPECT_EQ(parse({"--loud"}).error().message, "unknown flag --loud; see soundbite say --help");
}

TEST(Arguments, a_word_too_many_says_what_is_taken) {
  EXPECT_EQ(parse({"hello", "there"}).error().message,
            "unexpected word \"there\": soundbite say takes [TEXT|-] (quotes keep several words together)");
}

TEST(Arguments, a_flag_without_its_value_is_named) {
  EXPECT_THAT(parse({"hello", "--volume"}).error().message, HasSubstr("--volume"));
}

TEST(Arguments, help_lists_every_flag_and_setting_with_examples) {
  const auto help = help_text(say);
  for (const char* expected : {"usage: soundbite say [TEXT|-] [flags]", "-o, --output FILE", "--volume DB", "--json",
                               "--voices-dir DIR", "--config FILE", "  soundbite say hello"})
    EXPECT_THAT(help, HasSubstr(expected));
}

}  // namespace
}  // namespace soundbite
