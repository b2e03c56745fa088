#include "onnx/runtime.h"

#include <gmock/gmock.h>

#include "onnx/testing/tiny_voice.h"
#include "onnx/vits.h"

namespace soundbite {
namespace {

const char* library = SOUNDBITE_TEST_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so.1.32.0";

// The inputs of one run of a tiny voice.
struct TinyInput {
  std::vector<std::int64_t> ids{1, 5, 9, 2};
  std::int64_t length = 4;
  std::vector<float> scales{0, 1, 0};
  std::vector<TensorInput> tensors() const {
    return {{"input", {1, length}, std::span<const std::int64_t>(ids)},
            {"input_lengths", {1}, std::span<const std::int64_t>(&length, 1)},
            {"scales", {3}, std::span<const float>(scales)}};
  }
};

TEST(OnnxRuntime, names_the_file_that_is_missing_in_one_line) {
  const auto runtime = load_onnx_runtime("/nowhere/libonnxruntime.so");
  ASSERT_FALSE(runtime);
  EXPECT_EQ(runtime.error().code, ErrorCode::unavailable);
  EXPECT_THAT(runtime.error().message, testing::HasSubstr("/nowhere/libonnxruntime.so"));
  EXPECT_THAT(runtime.error().message, testing::Not(testing::HasSubstr("\n")));
}

TEST(OnnxRuntime, refuses_a_file_that_is_no_library) {
  const auto runtime = load_onnx_runtime(SOUNDBITE_TEST_DEPS_DIR "/voices/en_US-joe-medium.onnx.json");
  ASSERT_FALSE(runtime);
  EXPECT_EQ(runtime.error().code, ErrorCode::unavailable);
}

TEST(OnnxRuntime, refuses_bytes_that_are_no_model) {
  const auto runtime = load_onnx_runtime(library).value();
  for (const std::string& bytes : {std::string("garbage"), std::string(), make_tiny_voice().substr(0, 500)}) {
    const auto session = runtime->open(bytes, 1);
    ASSERT_FALSE(session);
    EXPECT_EQ(session.error().code, ErrorCode::corrupt);
  }
}

TEST(OnnxRuntime, runs_the_two_parts_to_what_the_whole_gives) {
  const auto runtime = load_onnx_runtime(library).value();
  const auto parts = split_vits(make_tiny_voice()).value();
  const auto whole = split_vits(make_tiny_voice({.cuttable = false})).value();
  const TinyInput input;
  const auto frames = runtime->open(parts.front, 1).value()->run(input.tensors(), {}).value();
  const auto samples =
      runtime->open(parts.decoder, 1)
          .value()
          ->run(std::vector<TensorInput>{{parts.cut.c_str(), frames.shape, std::span<const float>(frames.values)}}, {})
          .value();
  const auto other = runtime->open(whole.whole, 1).value()->run(input.tensors(), {}).value();
  EXPECT_EQ(samples.values.size(), static_cast<std::size_t>(frames.shape[2] * tiny_hop));
  EXPECT_THAT(samples.values, testing::Pointwise(testing::FloatNear(1e-6f), other.values));
}

TEST(OnnxRuntime, writes_an_output_of_a_known_shape_where_the_caller_wants_it) {
  const auto runtime = load_onnx_runtime(library).value();
  const auto parts = split_vits(make_tiny_voice()).value();
  const auto session = runtime->open(parts.front, 1).value();
  const TinyInput input;
  const auto frames = session->run(input.tensors(), {}).value();
  std::vector<float> written(frames.values.size());
  const TensorTarget target{parts.cut.c_str(), frames.shape, written};
  ASSERT_TRUE(session->run_into(input.tensors(), {{target}}));
  EXPECT_THAT(written, testing::ElementsAreArray(frames.values));
}

TEST(OnnxRuntime, refuses_to_write_an_output_of_another_shape) {
  const auto runtime = load_onnx_runtime(library).value();
  const auto parts = split_vits(make_tiny_voice()).value();
  std::vector<float> written(3);
  const TensorTarget target{parts.cut.c_str(), {1, 1, 3}, written};
  const auto made = runtime->open(parts.front, 1).value()->run_into(TinyInput().tensors(), {{target}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::internal);
}

TEST(OnnxRuntime, answers_cancelled_when_stopped) {
  const auto runtime = load_onnx_runtime(library).value();
  const auto parts = split_vits(make_tiny_voice()).value();
  std::stop_source stop;
  stop.request_stop();
  const auto made = runtime->open(parts.front, 1).value()->run(TinyInput().tensors(), stop.get_token());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::cancelled);
}

TEST(OnnxRuntime, says_what_a_model_refuses_to_run) {
  const auto runtime = load_onnx_runtime(library).value();
  const auto parts = split_vits(make_tiny_voice()).value();
  TinyInput input;
  input.ids = {1, 5, 1000, 2};  // beyond the embedding
  const auto made = runtime->open(parts.front, 1).value()->run(input.tensors(), {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace soundbite
