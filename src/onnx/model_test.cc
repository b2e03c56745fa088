#include "onnx/model.h"

#include <gmock/gmock.h>

#include "onnx/testing/tiny_generator.h"

namespace soundbite {
namespace {

TEST(Model, gives_the_values_of_a_float_tensor) {
  const auto bytes = make_tiny_generator();
  const auto model = parse_model(bytes).value();
  EXPECT_EQ(model.initializers.at("blocks").values().value(), std::vector{3.0f});
}

TEST(Model, gives_no_values_of_a_tensor_of_integers) {
  const auto bytes = make_tiny_voice();
  const auto model = parse_model(bytes).value();
  EXPECT_EQ(model.initializers.at("one").values().error().code, ErrorCode::invalid);
}

TEST(Model, gives_no_values_of_a_tensor_with_more_dimensions_than_values) {
  const auto bytes = make_tiny_generator();
  auto tensor = parse_model(bytes).value().initializers.at("blocks");
  for (const std::vector<std::int64_t>& dims : {std::vector<std::int64_t>{2}, {0}, {-1}, {1LL << 62, 4}}) {
    tensor.dims = dims;
    EXPECT_EQ(tensor.values().error().code, ErrorCode::corrupt);
  }
}

TEST(Model, knows_attributes_that_are_one_float) {
  const auto bytes = make_tiny_generator({.slope = 0.25f});
  const auto model = parse_model(bytes).value();
  const auto activation =
      std::ranges::find_if(model.nodes, [](const ModelNode& node) { return node.op == "LeakyRelu"; });
  ASSERT_NE(activation, model.nodes.end());
  EXPECT_EQ(activation->floats.at("alpha"), 0.25f);
}

}  // namespace
}  // namespace soundbite
