#include "speech/piper/vits_model.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "onnx/vits.h"
#include "speech/piper/piper_sentence_voice.h"
#include "speech/testing/voices_folder.h"

namespace soundbite {
namespace {

using testing::FloatNear;
using testing::Pointwise;

class VitsModelTest : public testing::Test {
 protected:
  // The whole of the model's file, uncut.
  std::vector<float> speak_uncut(const std::string& path, const VitsInput& input) {
    const auto bytes = read_file(path, std::size_t{1} << 30).value();
    const auto whole = without_shapes(parse_model(bytes).value()).value();
    const auto length = static_cast<std::int64_t>(input.ids.size());
    const std::vector<float> scales{input.noise_scale, input.length_scale, input.noise_w};
    std::vector<TensorInput> inputs{{"input", {1, length}, std::span<const std::int64_t>(input.ids)},
                                    {"input_lengths", {1}, std::span<const std::int64_t>(&length, 1)},
                                    {"scales", {3}, std::span<const float>(scales)}};
    const bool speakers = parse_model(bytes).value().inputs.contains("sid");
    if (speakers) inputs.push_back({"sid", {1}, std::span<const std::int64_t>(&input.speaker, 1)});
    const auto made = runtime_->open(whole, 1).value()->run(inputs, {}).value();
    return {made.values.begin(), made.values.end()};
  }

  std::vector<float> speak_in_chunks(const std::string& path, const VitsInput& input) {
    const auto model = VitsModel::load(*runtime_, path, 1).value();
    const auto latents = model->encode(input, {}).value();
    std::vector<float> all;
    std::int64_t at = 0;
    for (const auto end : plan_chunks(latents.frames.count, true)) {
      const auto samples = model->decoder()->decode(latents.frames, {at, end}, input.speaker, {}).value();
      all.insert(all.end(), samples.begin(), samples.end());
      at = end;
    }
    return all;
  }

  static std::vector<std::int64_t> some_ids(std::size_t count, std::int64_t symbols) {
    std::vector<std::int64_t> ids{1, 0};
    for (std::size_t i = 0; i < count; ++i) {
      ids.push_back(14 + static_cast<std::int64_t>(i * 7) % (symbols - 14));
      ids.push_back(0);
    }
    ids.push_back(2);
    return ids;
  }

  VoicesFolder folder_;
  std::unique_ptr<OnnxRuntime> runtime_ =
      load_onnx_runtime(SOUNDBITE_TEST_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so.1.32.0").value();
};

TEST_F(VitsModelTest, cut_and_decoded_in_chunks_gives_the_default_voice_unchanged) {
  const std::string joe = SOUNDBITE_TEST_DEPS_DIR "/voices/en_US-joe-medium.onnx";
  const VitsInput input{.ids = some_ids(45, 60), .noise_scale = 0, .length_scale = 1, .noise_w = 0};
  const auto whole = speak_uncut(joe, input);
  ASSERT_GT(whole.size(), 129u * 256u);  // three chunks at least
  EXPECT_THAT(speak_in_chunks(joe, input), Pointwise(FloatNear(1e-4f), whole));
}

TEST_F(VitsModelTest, cut_and_decoded_in_chunks_gives_each_speaker_unchanged) {
  folder_.add("duo", {.several_speakers = true});
  const std::string path = folder_.path() + "/duo.onnx";
  std::vector<std::vector<float>> voices;
  for (std::int64_t speaker = 0; speaker < 3; ++speaker) {
    const VitsInput input{.ids = some_ids(40, 32), .speaker = speaker};
    voices.push_back(speak_in_chunks(path, input));
    EXPECT_THAT(voices.back(), Pointwise(FloatNear(1e-5f), speak_uncut(path, input)));
  }
  EXPECT_NE(voices[0], voices[1]);
  EXPECT_NE(voices[1], voices[2]);
}

TEST_F(VitsModelTest, without_the_cut_speaks_whole) {
  folder_.add("whole", {.cuttable = false});
  const std::string path = folder_.path() + "/whole.onnx";
  const auto model = VitsModel::load(*runtime_, path, 1).value();
  EXPECT_EQ(model->decoder(), nullptr);
  const VitsInput input{.ids = some_ids(10, 32)};
  EXPECT_THAT(model->speak_whole(input, {}).value(), Pointwise(FloatNear(1e-5f), speak_uncut(path, input)));
}

TEST_F(VitsModelTest, stops_in_the_middle_of_its_stages) {
  folder_.add("one");
  const auto model = VitsModel::load(*runtime_, folder_.path() + "/one.onnx", 1).value();
  std::stop_source stop;
  const VitsInput input{.ids = some_ids(10, 32)};
  const auto latents = model->encode(input, stop.get_token()).value();
  stop.request_stop();
  EXPECT_EQ(model->encode(input, stop.get_token()).error().code, ErrorCode::cancelled);
  EXPECT_EQ(model->decoder()->decode(latents.frames, {0, 10}, 0, stop.get_token()).error().code, ErrorCode::cancelled);
}

TEST_F(VitsModelTest, refuses_ids_that_it_has_no_symbols_for) {
  folder_.add("one");
  const auto model = VitsModel::load(*runtime_, folder_.path() + "/one.onnx", 1).value();
  EXPECT_EQ(model->encode({.ids = {1, 0, 32, 0, 2}}, {}).error().code, ErrorCode::internal);
}

TEST_F(VitsModelTest, is_not_made_of_damaged_bytes) {
  const auto whole = make_tiny_voice();
  for (std::size_t length = 0; length < whole.size(); length += 101) {
    folder_.write("broken.onnx", std::string_view(whole).substr(0, length));
    EXPECT_FALSE(VitsModel::load(*runtime_, folder_.path() + "/broken.onnx", 1)) << length;
  }
}

}  // namespace
}  // namespace soundbite
