#include "onnx/vits.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "onnx/testing/tiny_voice.h"

namespace soundbite {
namespace {

std::string joe() {
  return read_file(SOUNDBITE_TEST_DEPS_DIR "/voices/en_US-joe-medium.onnx", std::size_t{1} << 30).value();
}

// Whether any ValueInfoProto of the graph states a shape.
bool states_shapes(const std::string& bytes) {
  const auto model = parse_model(bytes).value();
  const auto has_shape = [](std::string_view value) {
    return value.find("\x12", 0) != value.npos && value.size() > 30;
  };
  bool any = false;
  for (const auto& [name, value] : model.inputs) any |= has_shape(value);
  for (const auto value : model.outputs) any |= has_shape(value);
  return any;
}

TEST(Vits, reads_the_sizes_of_the_default_voice_from_its_graph) {
  const auto bytes = joe();
  const auto parts = split_vits(bytes).value();
  EXPECT_EQ(parts.cut, "/Mul_7_output_0");
  EXPECT_EQ(parts.shape.channels, 192);
  EXPECT_EQ(parts.shape.hop, 256);
  EXPECT_EQ(parts.shape.margin, 12);
  EXPECT_EQ(parts.symbols, 256);
  EXPECT_FALSE(parts.takes_speaker);
  EXPECT_LT(parts.front.size() + parts.decoder.size(), bytes.size());
  EXPECT_TRUE(parts.whole.empty());
}

TEST(Vits, gives_each_weight_to_the_part_that_uses_it) {
  const auto parts = split_vits(make_tiny_voice()).value();
  const auto front = parse_model(parts.front).value();
  const auto decoder = parse_model(parts.decoder).value();
  EXPECT_TRUE(front.initializers.contains("enc_p.emb.weight"));
  EXPECT_FALSE(front.initializers.contains("dec.conv_pre.weight"));
  EXPECT_TRUE(decoder.initializers.contains("dec.conv_pre.weight"));
  EXPECT_EQ(decoder.inputs.size(), 1u);
  EXPECT_EQ(front.output_names.front(), "latents");
}

TEST(Vits, leaves_a_graph_without_the_cut_whole) {
  const auto parts = split_vits(make_tiny_voice({.cuttable = false})).value();
  EXPECT_TRUE(parts.front.empty());
  EXPECT_TRUE(parts.decoder.empty());
  EXPECT_FALSE(parts.whole.empty());
}

TEST(Vits, hands_the_speaker_to_the_decoder_that_wants_it) {
  const auto parts = split_vits(make_tiny_voice({.several_speakers = true})).value();
  EXPECT_TRUE(parts.takes_speaker);
  EXPECT_TRUE(parts.decoder_takes_speaker);
}

TEST(Vits, states_no_shape_in_what_it_makes) {
  const auto original = make_tiny_voice({.cuttable = false});
  EXPECT_TRUE(states_shapes(original));
  EXPECT_FALSE(states_shapes(split_vits(original).value().whole));
  EXPECT_FALSE(states_shapes(split_vits(make_tiny_voice()).value().front));
}

TEST(Vits, answers_every_truncation_with_an_error) {
  const auto whole = make_tiny_voice();
  // The last field (the operator set) may be missing: protobuf cannot tell, and ONNX Runtime refuses the model.
  const std::size_t graph_end = whole.rfind('\x42');
  for (std::size_t length = 0; length < graph_end; ++length)
    ASSERT_FALSE(split_vits(std::string_view(whole).substr(0, length))) << length;
}

TEST(Vits, survives_every_flipped_bit) {
  auto bytes = make_tiny_voice({.several_speakers = true});
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    (void)split_vits(bytes);  // any answer but a crash
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
}

TEST(Vits, answers_truncations_of_the_default_voice_with_an_error) {
  const auto bytes = joe();
  for (std::size_t part = 0; part < 40; ++part)
    ASSERT_FALSE(parse_model(std::string_view(bytes).substr(0, bytes.size() / 40 * part))) << part;
}

TEST(Vits, refuses_a_model_that_is_no_voice) {
  std::string graph;
  tiny::node(graph, "Tanh", {"picture"}, "output");
  wire::append_bytes_field(graph, 11, tiny::value("picture", 1, 3));
  wire::append_bytes_field(graph, 12, tiny::value("output", 1, 3));
  std::string model;
  wire::append_bytes_field(model, 7, graph);
  const auto parts = split_vits(model);
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, ErrorCode::invalid);
}

TEST(Vits, refuses_weights_in_other_files) {
  std::string tensor;
  wire::append_bytes_field(tensor, 8, "weight");
  wire::append_bytes_field(tensor, 13, "location");
  std::string graph;
  wire::append_bytes_field(graph, 5, tensor);
  std::string model;
  wire::append_bytes_field(model, 7, graph);
  const auto parsed = parse_model(model);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::invalid);
}

TEST(Vits, refuses_graphs_nested_without_end) {
  std::string graph;
  for (int depth = 0; depth < 1000; ++depth) {
    std::string attribute;
    wire::append_bytes_field(attribute, 6, graph);
    std::string node;
    wire::append_bytes_field(node, 5, attribute);
    graph.clear();
    wire::append_bytes_field(graph, 1, node);
  }
  std::string model;
  wire::append_bytes_field(model, 7, graph);
  EXPECT_FALSE(parse_model(model));
}

}  // namespace
}  // namespace soundbite
