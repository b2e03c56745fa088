// An ONNX model's bytes, read as far as cutting and measuring a graph need, and edited without a schema compiler.
// Everything here is a view: the bytes must outlive it. Pure functions; hostile bytes give an Error, never more.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace soundbite {

struct ModelNode {
  std::string_view op;
  std::vector<std::string_view> inputs;  // with what its subgraphs take from outside
  std::vector<std::string_view> outputs;
  std::unordered_map<std::string_view, std::vector<std::int64_t>> ints;  // attributes that are integers
  std::unordered_map<std::string_view, float> floats;                    // attributes that are one float
  std::string_view raw;

  // The first integer of an attribute, or `otherwise` when it is absent.
  std::int64_t number(std::string_view attribute, std::int64_t otherwise) const;
};

struct ModelTensor {
  std::vector<std::int64_t> dims;
  std::string_view raw;

  // The values of a float tensor, as many as its dims say. Errors: invalid (of another type), corrupt.
  Result<std::vector<float>> values() const;
};

struct Model {
  std::vector<std::string_view> preamble;  // every field beside the graph, as it stands
  std::vector<ModelNode> nodes;            // in an order that runs
  std::unordered_map<std::string_view, ModelTensor> initializers;
  std::unordered_map<std::string_view, std::string_view> inputs;  // name to ValueInfoProto; without initializers
  std::vector<std::string_view> outputs;                          // ValueInfoProtos
  std::vector<std::string_view> output_names;
  std::vector<std::string_view> rest;                             // of the graph: names, annotations, sparse tensors
  std::unordered_map<std::string_view, std::size_t> producer_of;  // tensor to place in `nodes`
};

// Errors: corrupt (damaged or breaks off), invalid (keeps weights in other files, or is absurdly large).
Result<Model> parse_model(std::string_view bytes);

// The same model with no shape stated anywhere: ONNX Runtime then makes a session in a sixth of the time.
Result<std::string> without_shapes(const Model& model);

// The part of `model` that computes `output`, given float tensors `given`; without shapes.
// Errors: corrupt.
struct SubModel {
  std::string bytes;
  std::vector<std::string_view> inputs;  // what it needs: of `given` and of the model's own inputs
};
Result<SubModel> extract_part(const Model& model, std::span<const std::string_view> given, std::string_view output);

}  // namespace soundbite
