#include "app/recording/recipe_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace soundbite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<LocalRecipe> read(std::vector<const char*> written) {
  const CommandSpec spec{.name = "process", .summary = "", .options = recipe_options()};
  const auto arguments = parse_arguments(spec, written);
  if (!arguments) return std::unexpected(arguments.error());
  return read_recipe_flags(*arguments);
}

std::string error_of(std::vector<const char*> written) {
  const auto recipe = read(std::move(written));
  return recipe ? "none" : recipe.error().message;
}

TEST(RecipeFlags, apply_in_the_order_they_are_written) {
  const auto local = read({"--loudness", "-16", "--trim", "1:9.5", "--gain=-3", "--trim", ":4"});
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_THAT(local->recipe, ElementsAre(Operation(operation::Loudness{.target_lufs = -16}),
                                         Operation(operation::Trim{.start_s = 1, .end_s = 9.5}),
                                         Operation(operation::Gain{.db = -3}), Operation(operation::Trim{.end_s = 4})));
}

TEST(RecipeFlags, the_ceiling_belongs_to_the_loudness_wherever_it_stands) {
  const auto local = read({"--true-peak", "-2", "--loudness", "-14"});
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_THAT(local->recipe, ElementsAre(Operation(operation::Loudness{.target_lufs = -14, .true_peak_dbtp = -2})));
  EXPECT_THAT(error_of({"--true-peak", "-2"}), HasSubstr("--loudness"));
}

TEST(RecipeFlags, name_local_files_in_the_order_of_their_use) {
  const auto local = read({"--concat", "b.wav", "--mix", "bed.mp3", "--concat", "c.wav"});
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_THAT(local->paths, ElementsAre("b.wav", "bed.mp3", "c.wav"));
  EXPECT_EQ(files_of(local->recipe).size(), 3u);
}

TEST(RecipeFlags, errors_name_the_flag_and_the_fix) {
  EXPECT_THAT(error_of({"--trim", "9"}), HasSubstr("--trim: write START:END"));
  EXPECT_THAT(error_of({"--gain", "loud"}), HasSubstr("bad value \"loud\" for --gain: write a number"));
  EXPECT_THAT(error_of({"--gain", "3", "--loudness", "3"}), HasSubstr("--loudness target"));
  EXPECT_THAT(error_of({"--silence", "cut"}), HasSubstr("--silence mode"));
}

TEST(RecipeFlags, a_recipe_file_joins_in_at_its_place) {
  const std::string path = testing::TempDir() + "recipe_flags_test.json";
  std::ofstream(path) << R"([{"op": "highpass", "frequency": 90}])";
  const auto local = read({"--gain", "1", "--recipe", path.c_str(), "--gain", "2"});
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_THAT(local->recipe, ElementsAre(Operation(operation::Gain{.db = 1}), Operation(operation::Highpass{.hz = 90}),
                                         Operation(operation::Gain{.db = 2})));
  std::ofstream(path) << R"([{"op": "highpas"}])";
  EXPECT_THAT(error_of({"--recipe", path.c_str()}), HasSubstr("operation 1"));
  std::ofstream(path) << R"({"op": "highpass"})";
  EXPECT_THAT(error_of({"--recipe", path.c_str()}), HasSubstr("must hold a list"));
}

}  // namespace
}  // namespace soundbite
