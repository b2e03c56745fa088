#include "speech/vits/decoder_graph.h"

#include <gtest/gtest.h>

#include "onnx/testing/tiny_generator.h"

namespace soundbite::vits {
namespace {

std::optional<DecoderGraph> read(const std::string& bytes) {
  const auto model = parse_model(bytes);
  return model ? read_decoder_graph(*model, tiny_latents) : std::nullopt;
}

TEST(DecoderGraph, holds_the_sizes_that_the_graph_has) {
  const auto graph = read(make_tiny_generator());
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->first.channels_in, 8);
  EXPECT_EQ(graph->first.channels_out, 32);
  ASSERT_EQ(graph->stages.size(), 2u);
  const Stage& stage = graph->stages[0];
  EXPECT_EQ(stage.stride, 4);
  EXPECT_EQ(stage.channels, 16);
  EXPECT_EQ(stage.divisor, 3);
  ASSERT_EQ(stage.blocks.size(), 3u);
  EXPECT_EQ(stage.blocks[2].first.taps, 7);
  EXPECT_EQ(stage.blocks[2].first.dilation, 3);
  EXPECT_EQ(stage.blocks[2].second.dilation, 12);
  EXPECT_FLOAT_EQ(stage.blocks[2].second.slope, 0.1f);
  EXPECT_FLOAT_EQ(graph->last.slope, 0.01f);
  EXPECT_EQ(graph->last.taps, 7);
}

TEST(DecoderGraph, is_not_read_from_decoders_of_another_kind) {
  EXPECT_FALSE(read(make_tiny_generator({.blocks = {{3, {1, 3, 5}}, {7, {1, 3, 5}}}})));  // three convolutions
  EXPECT_FALSE(read(make_tiny_generator({.blocks = {{3, {1}}, {5, {1}}}})));              // one
  EXPECT_FALSE(read(make_tiny_generator({.residual = false})));
  EXPECT_FALSE(read(make_tiny_generator({.slope = 1.5f})));
  EXPECT_FALSE(read(make_tiny_voice()));
}

TEST(DecoderGraph, is_not_read_from_damaged_bytes) {
  const auto whole = make_tiny_generator();
  for (std::size_t length = 0; length < whole.size(); length += 997) EXPECT_FALSE(read(whole.substr(0, length)));
}

TEST(DecoderGraph, of_a_damaged_byte_is_refused_or_read_but_nothing_worse) {
  const auto whole = make_tiny_generator({.channels = {16, 16}, .strides = {2}});
  for (std::size_t at = 0; at < 6000 && at < whole.size(); at += 7) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    read(damaged);
  }
}

}  // namespace
}  // namespace soundbite::vits
