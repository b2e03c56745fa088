#include "job/recipe_json.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

namespace soundbite {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr std::string_view id_text = "01890a5d-ac96-774b-bcce-b302099a8057";
const FileId id = *FileId::parse(id_text);

std::vector<FieldError> errors_of(std::string_view text) {
  const auto recipe = parse_recipe(text);
  if (recipe) return {};
  EXPECT_EQ(recipe.error().code, ErrorCode::invalid);
  return recipe.error().fields;
}

std::vector<std::string> codes_of(std::string_view text) {
  std::vector<std::string> codes;
  for (const auto& field : errors_of(text)) codes.push_back(field.pointer + ":" + field.code);
  return codes;
}

// Every operation, each field away from its default.
Recipe everything() {
  return {operation::Trim{1.25, 9.5},
          operation::Trim{.end_s = 0.1},
          operation::Silence{operation::Silence::Mode::remove, -42.5, 0.3, 0.05},
          operation::Gain{-3.1},
          operation::Loudness{-23, -1, true},
          operation::Fade{0.2, 1.7, operation::FadeCurve::logarithmic},
          operation::Tempo{1.1},
          operation::Pitch{-2.5},
          operation::Denoise{20},
          operation::Highpass{100},
          operation::Lowpass{8'000},
          operation::Concat{{id, id}, 0.25},
          operation::Mix{id, -18, 9},
          operation::Channels{2}};
}

TEST(ParseRecipe, reads_every_operation_with_every_field) {
  const std::string mine(id_text);
  const auto recipe = parse_recipe(
      R"([{"op":"trim","start":1.25,"end":9.5},{"op":"trim","end":0.1},
          {"op":"silence","mode":"remove","threshold":-42.5,"minimum":0.3,"keep":0.05},{"op":"gain","gain":-3.1},
          {"op":"loudness","target":-23,"truePeak":-1,"dualMono":true},
          {"op":"fade","in":0.2,"out":1.7,"curve":"logarithmic"},{"op":"tempo","factor":1.1},
          {"op":"pitch","semitones":-2.5},{"op":"denoise","reduction":20},{"op":"highpass","frequency":100},
          {"op":"lowpass","frequency":8000},{"op":"concat","fileIds":[")" +
      mine + "\",\"" + mine + R"("],"crossfade":0.25},{"op":"mix","fileId":")" + mine +
      R"(","gain":-18,"ducking":9},{"op":"channels","count":2}])");
  ASSERT_TRUE(recipe) << testing::PrintToString(recipe.error().fields.size());
  EXPECT_EQ(*recipe, everything());
}

TEST(ParseRecipe, fills_in_the_defaults) {
  const auto recipe = parse_recipe(R"([{"op":"silence"},{"op":"loudness"},{"op":"denoise"},{"op":"highpass"},
                                       {"op":"lowpass"},{"op":"trim","start":2},{"op":"fade","out":1}])");
  ASSERT_TRUE(recipe);
  EXPECT_EQ(*recipe, (Recipe{operation::Silence{}, operation::Loudness{}, operation::Denoise{}, operation::Highpass{},
                             operation::Lowpass{}, operation::Trim{2}, operation::Fade{.out_s = 1}}));
}

TEST(ParseRecipe, keeps_the_order_and_takes_an_empty_one) {
  EXPECT_EQ(parse_recipe("[]").value(), Recipe{});
  EXPECT_EQ(parse_recipe(R"([{"op":"gain","gain":1},{"op":"gain","gain":2}])").value(),
            (Recipe{operation::Gain{1}, operation::Gain{2}}));
}

TEST(RecipeJson, comes_back_the_same_through_values_and_through_text) {
  std::vector<FieldError> errors;
  EXPECT_EQ(read_recipe(to_json(everything()), "", errors), everything());
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(parse_recipe(boost::json::serialize(to_json(everything()))).value(), everything());
}

TEST(RecipeJson, comes_back_the_same_with_numbers_that_no_double_holds) {
  for (const char* number : {"0.1", "1.1000000000000001", "3.3333333333333333333", "86399.123456789123", "1e-9",
                             "4.9e-324", "0.30000000000000004"}) {
    const auto recipe = parse_recipe(std::string(R"([{"op":"trim","start":)") + number + "}]");
    ASSERT_TRUE(recipe) << number;
    EXPECT_EQ(parse_recipe(boost::json::serialize(to_json(*recipe))).value(), *recipe) << number;
  }
}

TEST(RecipeJson, writes_all_fields_also_those_at_their_default) {
  const auto fields = to_json({operation::Silence{}}).as_array().at(0).as_object();
  for (const char* name : {"op", "mode", "threshold", "minimum", "keep"}) EXPECT_TRUE(fields.contains(name)) << name;
}

TEST(RecipeJson, takes_minus_zero_for_zero) {
  const auto recipe = parse_recipe(R"([{"op":"gain","gain":-0.0}])");
  ASSERT_TRUE(recipe);
  EXPECT_FALSE(std::signbit(std::get<operation::Gain>(recipe->front()).db));
}

struct Refused {
  const char* text;
  std::vector<std::string> codes;
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.text; }

class RecipeRefusals : public testing::TestWithParam<Refused> {};

TEST_P(RecipeRefusals, name_the_field_and_the_reason) {
  EXPECT_THAT(codes_of(GetParam().text), ElementsAreArray(GetParam().codes));
}

INSTANTIATE_TEST_SUITE_P(
    ParseRecipe, RecipeRefusals,
    testing::Values(Refused{"", {":bad_json"}}, Refused{"{}", {":wrong_type"}}, Refused{"[5]", {"/0:wrong_type"}},
                    Refused{"[{}]", {"/0/op:required"}}, Refused{R"([{"op":5}])", {"/0/op:wrong_type"}},
                    Refused{R"([{"op":"normalise","target":1}])", {"/0/op:unknown_operation"}},
                    Refused{R"([{"op":"gain","gain":1,"db":2}])", {"/0/db:unknown_field"}},
                    Refused{R"([{"op":"gain","gain":1,"a/b":2}])", {"/0/a~1b:unknown_field"}},
                    Refused{R"([{"op":"gain"}])", {"/0/gain:required"}},
                    Refused{R"([{"op":"gain","gain":null}])", {"/0/gain:wrong_type"}},
                    Refused{R"([{"op":"gain","gain":"1"}])", {"/0/gain:wrong_type"}},
                    Refused{R"([{"op":"gain","gain":1e308}])", {"/0/gain:out_of_range"}},
                    Refused{R"([{"op":"gain","gain":18446744073709551615}])", {"/0/gain:out_of_range"}},
                    Refused{R"([{"op":"gain","gain":1e999}])", {":bad_json"}},
                    Refused{R"([{"op":"gain","gain":NaN}])", {":bad_json"}},
                    Refused{R"([{"op":"gain","gain":60.000001}])", {"/0/gain:out_of_range"}},
                    Refused{R"([{"op":"trim"}])", {"/0/start:required"}},
                    Refused{R"([{"op":"trim","start":-1}])", {"/0/start:out_of_range"}},
                    Refused{R"([{"op":"trim","start":2,"end":2}])", {"/0/end:out_of_range"}},
                    Refused{R"([{"op":"trim","end":0}])", {"/0/end:out_of_range"}},
                    Refused{R"([{"op":"trim","end":-0.0}])", {"/0/end:out_of_range"}},
                    Refused{R"([{"op":"trim","start":1e5,"end":"x"}])", {"/0/start:out_of_range", "/0/end:wrong_type"}},
                    Refused{R"([{"op":"silence","mode":"cut"}])", {"/0/mode:unknown_mode"}},
                    Refused{R"([{"op":"silence","threshold":0,"minimum":0,"keep":11}])",
                            {"/0/threshold:out_of_range", "/0/minimum:out_of_range", "/0/keep:out_of_range"}},
                    Refused{R"([{"op":"loudness","target":-16.0001e1,"truePeak":0.1,"dualMono":1}])",
                            {"/0/target:out_of_range", "/0/truePeak:out_of_range", "/0/dualMono:wrong_type"}},
                    Refused{R"([{"op":"fade"}])", {"/0/in:required"}},
                    Refused{R"([{"op":"fade","in":0,"out":0}])", {"/0/in:out_of_range"}},
                    Refused{R"([{"op":"fade","out":0}])", {"/0/out:out_of_range"}},
                    Refused{R"([{"op":"fade","in":601}])", {"/0/in:out_of_range"}},
                    Refused{R"([{"op":"fade","in":1,"curve":"cubic"}])", {"/0/curve:unknown_curve"}},
                    Refused{R"([{"op":"tempo"}])", {"/0/factor:required"}},
                    Refused{R"([{"op":"tempo","factor":-0}])", {"/0/factor:out_of_range"}},
                    Refused{R"([{"op":"pitch"}])", {"/0/semitones:required"}},
                    Refused{R"([{"op":"pitch","semitones":12.5}])", {"/0/semitones:out_of_range"}},
                    Refused{R"([{"op":"denoise","reduction":0}])", {"/0/reduction:out_of_range"}},
                    Refused{R"([{"op":"highpass","frequency":5}])", {"/0/frequency:out_of_range"}},
                    Refused{R"([{"op":"lowpass","frequency":20001}])", {"/0/frequency:out_of_range"}},
                    Refused{R"([{"op":"concat"}])", {"/0/fileIds:required"}},
                    Refused{R"([{"op":"concat","fileIds":[]}])", {"/0/fileIds:out_of_range"}},
                    Refused{R"([{"op":"concat","fileIds":"a"}])", {"/0/fileIds:wrong_type"}},
                    Refused{R"([{"op":"concat","fileIds":["a",5]}])",
                            {"/0/fileIds/0:unknown_file", "/0/fileIds/1:wrong_type"}},
                    Refused{R"([{"op":"mix"}])", {"/0/fileId:required"}},
                    Refused{R"([{"op":"mix","fileId":"../etc"}])", {"/0/fileId:unknown_file"}},
                    Refused{R"([{"op":"channels"}])", {"/0/count:required"}},
                    Refused{R"([{"op":"channels","count":3}])", {"/0/count:out_of_range"}},
                    Refused{R"([{"op":"channels","count":1.5}])", {"/0/count:wrong_type"}},
                    Refused{R"([{"op":"gain"},{"op":"x"},{"op":"tempo","factor":9}])",
                            {"/0/gain:required", "/1/op:unknown_operation", "/2/factor:out_of_range"}}));

TEST(ParseRecipe, suggests_the_nearest_operation_field_and_choice) {
  EXPECT_THAT(errors_of(R"([{"op":"loudnes"}])").at(0).suggestions, ElementsAre("loudness"));
  EXPECT_THAT(errors_of(R"([{"op":"loudness","truepeak":-1}])").at(0).suggestions, Contains("truePeak"));
  EXPECT_THAT(errors_of(R"([{"op":"fade","in":1,"curve":"sin"}])").at(0).suggestions, ElementsAre("sine"));
}

TEST(ParseRecipe, lists_all_operations_when_none_is_near) {
  EXPECT_EQ(errors_of(R"([{"op":"reverberate"}])").at(0).suggestions.size(), operation_names().size());
}

TEST(ParseRecipe, takes_as_many_operations_and_files_as_it_says_and_no_more) {
  const auto repeated = [](const std::string& one, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += (i > 0 ? "," : "") + one;
    return "[" + all + "]";
  };
  const std::string gain = R"({"op":"gain","gain":1})";
  EXPECT_THAT(codes_of(repeated(gain, max_operations)), IsEmpty());
  EXPECT_THAT(codes_of(repeated(gain, max_operations + 1)), ElementsAre(":too_many"));
  const std::string quoted = '"' + std::string(id_text) + '"';
  const auto concat = [&](std::size_t files) {
    return R"([{"op":"concat","fileIds":)" + repeated(quoted, files) + "}]";
  };
  EXPECT_THAT(codes_of(concat(max_concat_files)), IsEmpty());
  EXPECT_THAT(codes_of(concat(max_concat_files + 1)), ElementsAre("/0/fileIds:out_of_range"));
}

TEST(ParseRecipe, names_the_operation_with_which_there_are_too_many_files) {
  const auto recipe = [](std::size_t last) {
    const std::string id = '"' + FileId{}.text() + '"';
    std::string text = "[";
    for (std::size_t left = max_recipe_files - 10, n; left > 0; left -= n) {
      n = std::min(left, max_concat_files);
      text += R"({"op":"concat","fileIds":[)";
      for (std::size_t i = 0; i < n; ++i) text += (i > 0 ? "," : "") + id;
      text += "]},";
    }
    text += R"({"op":"concat","fileIds":[)";
    for (std::size_t i = 0; i < last; ++i) text += (i > 0 ? "," : "") + id;
    return text + "]}]";
  };
  EXPECT_THAT(codes_of(recipe(10)), IsEmpty());
  EXPECT_THAT(codes_of(recipe(11)), ElementsAre("/6:too_many"));
}

TEST(ReadRecipe, leaves_what_is_wrong_at_its_default) {
  std::vector<FieldError> errors;
  const boost::json::value value = {{{"op", "silence"}, {"threshold", 5}, {"keep", 1}}};
  EXPECT_EQ(read_recipe(value, "/process", errors), (Recipe{operation::Silence{.keep_s = 1}}));
  ASSERT_EQ(errors.size(), 1);
  EXPECT_EQ(errors[0].pointer, "/process/0/threshold");
}

}  // namespace
}  // namespace soundbite
