#include "onnx/model.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "onnx/wire.h"

namespace soundbite {

namespace {

using wire::Field;
using wire::Type;

// Field numbers of onnx.proto.
namespace model_field {
constexpr std::uint32_t graph = 7;
}
namespace graph_field {
constexpr std::uint32_t node = 1, initializer = 5, input = 11, output = 12, value_info = 13;
}
namespace node_field {
constexpr std::uint32_t input = 1, output = 2, op_type = 4, attribute = 5;
}
namespace attribute_field {
constexpr std::uint32_t name = 1, f = 2, i = 3, g = 6, ints = 8, graphs = 11;
}
namespace tensor_field {
constexpr std::uint32_t dims = 1, data_type = 2, float_data = 4, name = 8, raw_data = 9, external_data = 13,
                        data_location = 14;
}
namespace value_field {
constexpr std::uint32_t name = 1, type = 2, tensor_type = 1, elem_type = 1, shape = 2;
}

// joe has 2,755 nodes and 401 initializers; a hostile file could hold millions of empty ones.
constexpr std::size_t max_parts = 200'000;
constexpr int max_subgraph_depth = 4;
constexpr std::uint64_t float_type = 1;  // TensorProto.DataType

std::unexpected<Error> wrong(std::string message) { return fail(ErrorCode::invalid, std::move(message)); }

// A repeated int64: packed, or one field each.
Result<void> append_ints(const Field& field, std::vector<std::int64_t>& out) {
  if (field.type == Type::varint) {
    out.push_back(field.signed_value());
    return {};
  }
  // Packed integers are varints without tags: the reader of fields does not fit.
  std::uint64_t value = 0;
  int shift = 0;
  for (const char c : field.bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (shift > 63) return fail(ErrorCode::corrupt, "a packed integer is damaged");
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    shift += 7;
    if (byte >= 0x80) continue;
    out.push_back(static_cast<std::int64_t>(value));
    value = 0;
    shift = 0;
  }
  if (shift != 0) return fail(ErrorCode::corrupt, "a packed integer breaks off");
  return {};
}

// The last four bytes; protobuf and the machines we run on are little-endian.
float float_at_end(std::string_view bytes) {
  float value = 0;
  std::memcpy(&value, bytes.data() + bytes.size() - sizeof value, sizeof value);
  return value;
}

Result<void> collect_captures(std::string_view graph, int depth, std::vector<std::string_view>& out);

Result<void> read_attribute(std::string_view attribute, int depth, ModelNode& node) {
  std::string_view name;
  std::vector<std::int64_t> ints;
  std::optional<float> value;
  auto read = wire::for_each_field(attribute, [&](const Field& field) -> Result<void> {
    if (field.number == attribute_field::name) name = field.bytes;
    if (field.number == attribute_field::f && field.type == Type::fixed32) value = float_at_end(field.raw);
    if (field.number == attribute_field::i || field.number == attribute_field::ints) return append_ints(field, ints);
    if (field.number == attribute_field::g || field.number == attribute_field::graphs)
      return collect_captures(field.bytes, depth + 1, node.inputs);
    return {};
  });
  if (read && !ints.empty()) node.ints[name] = std::move(ints);
  if (read && value) node.floats[name] = *value;
  return read;
}

Result<ModelNode> parse_node(const Field& whole, int depth) {
  ModelNode node;
  node.raw = whole.raw;
  auto read = wire::for_each_field(whole.bytes, [&](const Field& field) -> Result<void> {
    if (field.number == node_field::input) node.inputs.push_back(field.bytes);
    if (field.number == node_field::output) node.outputs.push_back(field.bytes);
    if (field.number == node_field::op_type) node.op = field.bytes;
    if (field.number == node_field::attribute) return read_attribute(field.bytes, depth, node);
    return {};
  });
  if (!read) return std::unexpected(std::move(read.error()));
  return node;
}

// What the nodes of a subgraph read: a superset of what it takes from the graph around it.
Result<void> collect_captures(std::string_view graph, int depth, std::vector<std::string_view>& out) {
  if (depth > max_subgraph_depth) return wrong("the model nests graphs too deeply");
  return wire::for_each_field(graph, [&](const Field& field) -> Result<void> {
    if (field.number != graph_field::node) return {};
    auto node = parse_node(field, depth);
    if (!node) return std::unexpected(std::move(node.error()));
    out.insert(out.end(), node->inputs.begin(), node->inputs.end());
    return {};
  });
}

Result<void> read_initializer(const Field& whole, Model& model) {
  ModelTensor tensor{.dims = {}, .raw = whole.raw};
  std::string_view name;
  bool elsewhere = false;
  auto read = wire::for_each_field(whole.bytes, [&](const Field& field) -> Result<void> {
    if (field.number == tensor_field::name) name = field.bytes;
    if (field.number == tensor_field::dims) return append_ints(field, tensor.dims);
    elsewhere |= field.number == tensor_field::external_data ||
                 (field.number == tensor_field::data_location && field.value != 0);
    return {};
  });
  if (!read) return read;
  if (elsewhere) return wrong("the model keeps weights in other files; save it as one file");
  model.initializers.insert_or_assign(name, std::move(tensor));
  return {};
}

Result<std::string_view> value_name(std::string_view value) {
  std::string_view name;
  auto read = wire::for_each_field(value, [&](const Field& field) -> Result<void> {
    if (field.number == value_field::name) name = field.bytes;
    return {};
  });
  if (!read) return std::unexpected(std::move(read.error()));
  return name;
}

Result<void> read_graph_field(const Field& field, Model& model) {
  if (model.nodes.size() + model.initializers.size() + model.rest.size() > max_parts)
    return wrong("the model has too many parts");
  switch (field.number) {
    case graph_field::node: {
      auto node = parse_node(field, 0);
      if (!node) return std::unexpected(std::move(node.error()));
      for (const auto output : node->outputs)
        if (!output.empty()) model.producer_of[output] = model.nodes.size();
      model.nodes.push_back(std::move(*node));
      return {};
    }
    case graph_field::initializer: return read_initializer(field, model);
    case graph_field::input: {
      auto name = value_name(field.bytes);
      if (!name) return std::unexpected(std::move(name.error()));
      model.inputs[*name] = field.bytes;
      return {};
    }
    case graph_field::output: {
      auto name = value_name(field.bytes);
      if (!name) return std::unexpected(std::move(name.error()));
      model.outputs.push_back(field.bytes);
      model.output_names.push_back(*name);
      return {};
    }
    case graph_field::value_info: return {};
    default: model.rest.push_back(field.raw); return {};
  }
}

// `message` with field `path[0]` replaced by itself without `path[1]`…; the last of `path` is dropped.
Result<std::string> without_field(std::string_view message, std::span<const std::uint32_t> path) {
  std::string out;
  auto copied = wire::for_each_field(message, [&](const Field& field) -> Result<void> {
    if (field.number != path[0] || field.type != Type::bytes) {
      out += field.raw;
      return {};
    }
    if (path.size() == 1) return {};
    auto inner = without_field(field.bytes, path.subspan(1));
    if (!inner) return std::unexpected(std::move(inner.error()));
    wire::append_bytes_field(out, field.number, *inner);
    return {};
  });
  if (!copied) return std::unexpected(std::move(copied.error()));
  return out;
}

Result<std::string> value_without_shape(std::string_view value) {
  static constexpr std::uint32_t path[] = {value_field::type, value_field::tensor_type, value_field::shape};
  return without_field(value, path);
}

std::string float_value(std::string_view name) {
  std::string element;
  wire::append_varint_field(element, value_field::elem_type, float_type);
  std::string type;
  wire::append_bytes_field(type, value_field::tensor_type, element);
  std::string value;
  wire::append_bytes_field(value, value_field::name, name);
  wire::append_bytes_field(value, value_field::type, type);
  return value;
}

std::string assemble(const Model& model, std::string_view head, std::span<const std::string_view> weights) {
  std::size_t size = head.size();
  for (const auto part : weights) size += part.size();
  std::string bytes;
  bytes.reserve(size + 4096);
  for (const auto part : model.preamble) bytes += part;
  wire::append_varint(bytes, (model_field::graph << 3) | 2);
  wire::append_varint(bytes, size);
  bytes += head;
  for (const auto part : weights) bytes += part;
  return bytes;
}

// The nodes that `output` needs, and the names that come from outside of them.
struct Needed {
  std::vector<bool> nodes;
  std::unordered_set<std::string_view> outside;
};

Needed walk_back(const Model& model, std::span<const std::string_view> given, std::string_view output) {
  Needed needed{std::vector<bool>(model.nodes.size()), {}};
  std::vector<std::string_view> open{output};
  while (!open.empty()) {
    const auto name = open.back();
    open.pop_back();
    const auto producer = model.producer_of.find(name);
    if (std::ranges::find(given, name) != given.end() || producer == model.producer_of.end()) {
      needed.outside.insert(name);
    } else if (!needed.nodes[producer->second]) {
      needed.nodes[producer->second] = true;
      const auto& inputs = model.nodes[producer->second].inputs;
      open.insert(open.end(), inputs.begin(), inputs.end());
    }
  }
  return needed;
}

}  // namespace

std::int64_t ModelNode::number(std::string_view attribute, std::int64_t otherwise) const {
  const auto found = ints.find(attribute);
  return found == ints.end() ? otherwise : found->second.front();
}

Result<std::vector<float>> ModelTensor::values() const {
  std::string_view packed;
  std::uint64_t type = 0;
  wire::Reader outer(raw);  // `raw` begins with the tag and length that the tensor has in its graph
  const auto tensor = outer.next();
  if (!tensor) return std::unexpected(tensor.error());
  if (!*tensor) return fail(ErrorCode::corrupt, "a tensor is empty");
  auto read = wire::for_each_field((*tensor)->bytes, [&](const Field& field) -> Result<void> {
    if (field.number == tensor_field::data_type) type = field.value;
    if (field.number == tensor_field::raw_data || field.number == tensor_field::float_data) packed = field.bytes;
    return {};
  });
  if (!read) return std::unexpected(std::move(read.error()));
  if (type != float_type) return wrong("a tensor is not of floats");
  std::uint64_t count = packed.size() / sizeof(float);
  for (const auto dim : dims) {
    if (dim < 1 || count % static_cast<std::uint64_t>(dim) != 0) return fail(ErrorCode::corrupt, "a tensor is cut off");
    count /= static_cast<std::uint64_t>(dim);
  }
  if (count != 1 || packed.size() % sizeof(float) != 0) return fail(ErrorCode::corrupt, "a tensor is cut off");
  std::vector<float> out(packed.size() / sizeof(float));
  std::memcpy(out.data(), packed.data(), packed.size());
  return out;
}

Result<Model> parse_model(std::string_view bytes) {
  Model model;
  auto read = wire::for_each_field(bytes, [&](const Field& field) -> Result<void> {
    if (field.number == model_field::graph && field.type == Type::bytes)
      return wire::for_each_field(field.bytes, [&](const Field& part) { return read_graph_field(part, model); });
    if (model.preamble.size() > max_parts) return wrong("the model has too many parts");
    model.preamble.push_back(field.raw);
    return {};
  });
  if (!read) return std::unexpected(std::move(read.error()));
  if (model.nodes.empty() || model.outputs.empty()) return fail(ErrorCode::corrupt, "the model holds no graph");
  for (const auto& [name, tensor] : model.initializers) model.inputs.erase(name);  // old models list them in both
  return model;
}

Result<std::string> without_shapes(const Model& model) {
  std::string head;
  for (const auto& node : model.nodes) head += node.raw;
  for (const auto part : model.rest) head += part;
  const auto append_value = [&](std::uint32_t number, std::string_view value) -> Result<void> {
    auto bare = value_without_shape(value);
    if (!bare) return std::unexpected(std::move(bare.error()));
    wire::append_bytes_field(head, number, *bare);
    return {};
  };
  for (const auto& [name, value] : model.inputs)
    if (auto appended = append_value(graph_field::input, value); !appended) return std::unexpected(appended.error());
  for (const auto value : model.outputs)
    if (auto appended = append_value(graph_field::output, value); !appended) return std::unexpected(appended.error());
  std::vector<std::string_view> weights;
  weights.reserve(model.initializers.size());
  for (const auto& [name, tensor] : model.initializers) weights.push_back(tensor.raw);
  return assemble(model, head, weights);
}

Result<SubModel> extract_part(const Model& model, std::span<const std::string_view> given, std::string_view output) {
  const Needed needed = walk_back(model, given, output);
  SubModel part;
  std::string head;
  std::vector<std::string_view> weights;
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    if (needed.nodes[i]) head += model.nodes[i].raw;
  for (const auto item : model.rest) head += item;
  for (const auto name : needed.outside) {
    if (name.empty()) continue;  // an optional input left out
    if (const auto weight = model.initializers.find(name); weight != model.initializers.end()) {
      weights.push_back(weight->second.raw);
    } else if (std::ranges::find(given, name) != given.end()) {
      wire::append_bytes_field(head, graph_field::input, float_value(name));
      part.inputs.push_back(name);
    } else if (const auto input = model.inputs.find(name); input != model.inputs.end()) {
      auto bare = value_without_shape(input->second);
      if (!bare) return std::unexpected(std::move(bare.error()));
      wire::append_bytes_field(head, graph_field::input, *bare);
      part.inputs.push_back(name);
    }
    // What nothing makes is a name inside a subgraph, or a broken model: ONNX Runtime refuses that one by name.
  }
  wire::append_bytes_field(head, graph_field::output, float_value(output));
  part.bytes = assemble(model, head, weights);
  return part;
}

}  // namespace soundbite
