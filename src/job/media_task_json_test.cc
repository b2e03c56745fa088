#include "job/media_task_json.h"

#include <gmock/gmock.h>

namespace soundbite {
namespace {

MediaTask full_task() {
  MediaTask task;
  task.inputs = {{"/fileId", "a \"song\"\n.mp3"}, {"/process/1/fileId", ""}};
  task.pcm_rate = 22'050;
  task.recipe = {operation::Trim{0.25, 2}, operation::Mix{FileId{{7}}, -9, 6}};
  task.output = {.format = Format::opus, .bitrate = 64'000, .sample_rate = 48'000, .channels = 2};
  task.make_audio = false;
  task.analyse = true;
  task.draw_waveform = true;
  task.tap_speech = true;
  task.limits = {.min_seconds = 0.25,
                 .max_seconds = 7'200.5,
                 .min_rate = 4'000,
                 .max_rate = 96'000,
                 .max_channels = 6,
                 .max_streams = 3,
                 .max_tag_bytes = 1,
                 .max_art_bytes = 2,
                 .max_output_bytes = std::uint64_t{1} << 40};
  return task;
}

TEST(MediaTaskJson, comes_back_the_same) {
  EXPECT_EQ(parse_media_task(to_json(full_task())).value(), full_task());
  EXPECT_EQ(parse_media_task(to_json(MediaTask{})).value(), MediaTask{});
}

TEST(MediaTaskJson, survives_a_name_that_is_not_utf8) {
  MediaTask task;
  task.inputs = {{"/fileId", "caf\xe9.mp3"}};
  EXPECT_EQ(parse_media_task(to_json(task)).value().inputs.at(0).name, "caf\xef\xbf\xbd.mp3");
}

TEST(MediaTaskJson, refuses_what_is_missing_unknown_or_of_another_kind) {
  std::string known = to_json(full_task());
  ASSERT_TRUE(parse_media_task(known));
  const auto with = [&](std::string_view old, std::string_view replacement) {
    std::string changed = known;
    const auto at = changed.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return changed.replace(at, old.size(), replacement);
  };
  for (const auto& text :
       {std::string(), std::string("[]"), std::string("{}"), with(R"("analyse")", R"("analyze")"),
        with(R"("makeAudio":false)", R"("makeAudio":0)"), with(R"("maxStreams":3,)", ""),
        with(R"("maxTagBytes":1,)", R"("maxTagBytes":-1,)"), with(R"("maxTagBytes":1,)", R"("maxTagBytes":1e300,)"),
        with(R"("op":"trim")", R"("op":"trash")"), with(R"("opus")", R"("mp9")"), with(R"({"pointer":"/fileId",)", "{"),
        known.substr(0, known.size() - 1)}) {
    const auto task = parse_media_task(text);
    ASSERT_FALSE(task) << text;
    EXPECT_EQ(task.error().code, ErrorCode::internal);
  }
}

}  // namespace
}  // namespace soundbite
