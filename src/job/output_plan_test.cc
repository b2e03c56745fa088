#include "job/output_plan.h"

#include <gmock/gmock.h>

namespace soundbite {
namespace {

TEST(PlanOutput, keeps_the_sources_rate_and_fills_in_the_defaults) {
  EXPECT_EQ(plan_output({.format = Format::mp3}, 22'050), (OutputPlan{Format::mp3, 22'050, 1, 64'000}));
  EXPECT_EQ(plan_output({.format = Format::wav}, 22'050), (OutputPlan{Format::wav, 22'050, 1, 0}));
  EXPECT_EQ(plan_output({.format = Format::opus, .channels = 2}, 16'000),
            (OutputPlan{Format::opus, 48'000, 2, 64'000}));
}

TEST(PlanOutput, moves_to_a_rate_that_takes_the_bitrate_when_no_rate_was_asked) {
  EXPECT_EQ(plan_output({.format = Format::mp3, .bitrate = 320'000}, 22'050)->sample_rate, 32'000);
  EXPECT_EQ(plan_output({.format = Format::mp3, .bitrate = 16'000}, 44'100)->sample_rate, 24'000);
  EXPECT_EQ(plan_output({.format = Format::aac, .bitrate = 320'000}, 22'050)->sample_rate, 64'000);
}

TEST(PlanOutput, refuses_a_bitrate_that_the_asked_rate_does_not_take) {
  const auto plan = plan_output({.format = Format::mp3, .bitrate = 320'000, .sample_rate = 22'050}, 22'050);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::invalid);
  ASSERT_EQ(plan.error().fields.size(), 1);
  EXPECT_EQ(plan.error().fields[0].pointer, "/output/bitrate");
  EXPECT_THAT(plan.error().fields[0].suggestions, testing::Contains("160000"));
}

TEST(PlanOutput, refuses_every_wrong_field_at_once) {
  const auto plan = plan_output({.format = Format::opus, .bitrate = 1, .sample_rate = 44'100, .channels = 3}, 22'050);
  ASSERT_FALSE(plan);
  std::vector<std::string> pointers;
  for (const FieldError& field : plan.error().fields) pointers.push_back(field.pointer);
  EXPECT_THAT(pointers, testing::UnorderedElementsAre("/output/bitrate", "/output/sampleRate", "/output/channels"));
}

TEST(PlanOutput, finds_a_plan_for_everything_that_it_does_not_refuse) {
  for (const FormatTraits& traits : all_formats()) {
    for (const int channels : {1, 2}) {
      for (const int source : {8'000, 16'000, 22'050, 24'000, 44'100, 48'000, 96'000, 192'000}) {
        for (int bitrate = 1'000; bitrate < 700'000; bitrate += 1'000) {
          const auto plan = plan_output({.format = traits.format, .bitrate = bitrate, .channels = channels}, source);
          if (plan) {
            EXPECT_TRUE(is_possible(*plan)) << traits.name << ' ' << bitrate << ' ' << source;
          }
        }
        EXPECT_TRUE(is_possible(*plan_output({.format = traits.format, .channels = channels}, source)));
      }
    }
  }
}

TEST(PlanOutput, keeps_the_channels_of_a_recording_where_the_format_holds_them) {
  EXPECT_EQ(plan_output({.format = Format::wav}, 48'000, 6), (OutputPlan{Format::wav, 48'000, 6, 0}));
  EXPECT_EQ(plan_output({.format = Format::flac}, 48'000, 8), (OutputPlan{Format::flac, 48'000, 8, 0}));
  EXPECT_EQ(plan_output({.format = Format::mp3}, 44'100, 2), (OutputPlan{Format::mp3, 44'100, 2, 192'000}));
  EXPECT_EQ(plan_output({.format = Format::mp3}, 44'100, 1)->channels, 1);
}

TEST(PlanOutput, folds_to_stereo_what_the_format_cannot_hold) {
  for (const Format format : {Format::mp3, Format::opus, Format::vorbis, Format::aac, Format::m4a}) {
    const auto plan = plan_output({.format = format}, 48'000, 6);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->channels, 2);
    EXPECT_TRUE(is_possible(*plan));
  }
}

TEST(PlanOutput, gives_the_channels_that_were_asked_whatever_the_recording_has) {
  EXPECT_EQ(plan_output({.format = Format::wav, .channels = 1}, 48'000, 6)->channels, 1);
  EXPECT_EQ(plan_output({.format = Format::wav, .channels = 2}, 48'000, 1)->channels, 2);
}

TEST(PlanOutput, refuses_a_bitrate_that_the_channels_of_the_recording_cannot_have) {
  const OutputSpec spec{.format = Format::opus, .bitrate = 510'000};
  EXPECT_TRUE(plan_output(spec, 48'000, 2));
  const auto mono = plan_output(spec, 48'000, 1);
  ASSERT_FALSE(mono);
  EXPECT_EQ(mono.error().fields.at(0).pointer, "/output/bitrate");
  EXPECT_THAT(mono.error().fields.at(0).detail, testing::HasSubstr("one channel"));
}

TEST(PlanOutput, knows_no_source_of_nine_channels) {
  EXPECT_EQ(plan_output({}, 48'000, 0).error().code, ErrorCode::internal);
  EXPECT_EQ(plan_output({}, 48'000, 9).error().code, ErrorCode::internal);
}

TEST(PlanOutput, finds_a_plan_for_every_recording_when_nothing_is_asked) {
  for (const FormatTraits& traits : all_formats()) {
    for (int channels = 1; channels <= max_source_channels; ++channels) {
      for (const int rate : {4'000, 8'000, 11'025, 44'100, 48'000, 96'000, 384'000}) {
        const auto plan = plan_output({.format = traits.format}, rate, channels);
        ASSERT_TRUE(plan);
        EXPECT_TRUE(is_possible(*plan)) << traits.name << ' ' << rate << ' ' << channels;
      }
    }
  }
}

TEST(PlanOutput, knows_an_impossible_plan) {
  EXPECT_FALSE(is_possible({Format::mp3, 22'050, 1, 320'000}));
  EXPECT_FALSE(is_possible({Format::mp3, 22'050, 3, 64'000}));
  EXPECT_FALSE(is_possible({Format::mp3, 22'051, 1, 64'000}));
  EXPECT_FALSE(is_possible({Format::wav, 22'050, 1, 64'000}));
}

}  // namespace
}  // namespace soundbite
