#include "speech/piper/voice_folders.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "speech/testing/voices_folder.h"

namespace soundbite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class VoiceFoldersTest : public testing::Test {
 protected:
  std::vector<std::string> ids() {
    std::vector<std::string> out;
    for (const auto& [id, voice] : *look()) out.push_back(id);
    return out;
  }
  std::string broken(const std::string& id) { return look()->at(id).voice.broken; }
  // Each look is late enough to see what changed.
  std::shared_ptr<const PiperVoices> look() { return folders_.at(now_ += std::chrono::seconds(1)); }

  VoicesFolder first_;
  VoicesFolder second_;
  VoiceFolders folders_{{first_.path(), "/nowhere", second_.path()}};
  VoiceFolders::SteadyTime now_ = std::chrono::steady_clock::now();
};

TEST_F(VoiceFoldersTest, list_what_lies_in_them) {
  first_.add("b");
  second_.add("a");
  first_.write("README.md", "not a voice");
  EXPECT_THAT(ids(), ElementsAre("a", "b"));
  const auto voice = look()->at("b");
  EXPECT_EQ(voice.voice.engine, "piper");
  EXPECT_EQ(voice.voice.sample_rate, 16000);
  EXPECT_THAT(voice.voice.languages, ElementsAre("en-US"));
  EXPECT_EQ(voice.voice.broken, "");
  EXPECT_EQ(voice.model_path, first_.path() + "/b.onnx");
}

TEST_F(VoiceFoldersTest, see_a_voice_come_change_and_go) {
  EXPECT_TRUE(ids().empty());
  first_.add("new");
  EXPECT_THAT(ids(), ElementsAre("new"));
  const auto stamp = look()->at("new").model_stamp;
  first_.add("new", {.symbols = 40});
  EXPECT_NE(look()->at("new").model_stamp, stamp);
  first_.remove("new.onnx");
  EXPECT_THAT(broken("new"), HasSubstr("new.onnx is missing"));
  first_.remove("new.onnx.json");
  EXPECT_TRUE(ids().empty());
}

TEST_F(VoiceFoldersTest, are_looked_at_twice_a_second_at_most) {
  EXPECT_TRUE(folders_.at(now_)->empty());
  first_.add("new");
  EXPECT_TRUE(folders_.at(now_ + std::chrono::milliseconds(400))->empty());
  EXPECT_EQ(folders_.at(now_ + std::chrono::milliseconds(600))->size(), 1u);
}

TEST_F(VoiceFoldersTest, keep_what_did_not_change) {
  first_.add("stays");
  const auto before = look()->at("stays").config;
  first_.add("comes");
  EXPECT_EQ(look()->at("stays").config, before);
}

TEST_F(VoiceFoldersTest, take_a_stem_from_the_first_folder_that_has_it) {
  first_.add("same");
  second_.add("same");
  EXPECT_EQ(look()->at("same").model_path, first_.path() + "/same.onnx");
}

TEST_F(VoiceFoldersTest, name_several_speakers_behind_the_stem) {
  first_.add("duo", {.several_speakers = true});
  EXPECT_THAT(ids(), ElementsAre("duo", "duo@anna", "duo@bert", "duo@cleo"));
  EXPECT_EQ(look()->at("duo").speaker, 0);
  EXPECT_EQ(look()->at("duo@cleo").speaker, 2);
}

TEST_F(VoiceFoldersTest, list_broken_voices_with_the_reason) {
  const auto model = make_tiny_voice();
  first_.write("nojson.onnx", model);
  first_.write("badjson.onnx", model);
  first_.write("badjson.onnx.json", "{");
  first_.write("truncated.onnx", std::string_view(model).substr(0, model.size() / 2));
  first_.write("truncated.onnx.json", tiny_config());
  first_.write("html.onnx", "<html>404</html>");
  first_.write("html.onnx.json", tiny_config());
  first_.write("empty.onnx", "");
  first_.write("empty.onnx.json", tiny_config());
  first_.write("type.onnx", model);
  first_.write("type.onnx.json", R"({"phoneme_type": "pinyin"})");
  std::filesystem::create_directory(first_.path() + "/folder.onnx");
  first_.write("folder.onnx.json", tiny_config());
  EXPECT_THAT(broken("nojson"), HasSubstr("nojson.onnx.json is missing"));
  EXPECT_THAT(broken("badjson"), HasSubstr("not valid JSON"));
  for (const char* id : {"truncated", "html", "empty"})
    EXPECT_THAT(broken(id), HasSubstr(std::string(id) + ".onnx: the model")) << id;
  EXPECT_THAT(broken("type"), HasSubstr("pinyin"));
  EXPECT_THAT(broken("folder"), HasSubstr("missing"));
  for (const auto& [id, voice] : *look()) EXPECT_THAT(voice.voice.broken, Not(HasSubstr(first_.path()))) << id;
}

TEST_F(VoiceFoldersTest, do_not_wait_for_a_pipe) {
  ASSERT_EQ(mkfifo((first_.path() + "/pipe.onnx").c_str(), 0600), 0);
  ASSERT_EQ(mkfifo((first_.path() + "/pipe.onnx.json").c_str(), 0600), 0);
  EXPECT_THAT(broken("pipe"), HasSubstr("missing"));
}

TEST_F(VoiceFoldersTest, leave_out_names_that_cannot_be_ids) {
  first_.add(".hidden");
  first_.add("bad\xff");
  first_.add("line\nbreak");
  EXPECT_TRUE(ids().empty());
}

}  // namespace
}  // namespace soundbite
