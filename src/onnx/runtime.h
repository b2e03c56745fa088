// ONNX Runtime, opened at run time: the only file of ours that includes its headers is runtime.cc.
//
// Its library exports one symbol whose version is the library's own, so a program linked to it starts with that very
// release only. We look the symbol up instead and ask for API 21, which every later release still has.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace soundbite {

// One input of a run; the spans are read during the run only.
struct TensorInput {
  const char* name;
  std::vector<std::int64_t> shape;
  std::variant<std::span<const float>, std::span<const std::int64_t>> values;
};

// One output: float values that live as long as this.
struct TensorOutput {
  std::vector<std::int64_t> shape;
  std::span<const float> values;
  std::shared_ptr<const void> owner;
};

// Where one output of a known shape is to be written.
struct TensorTarget {
  const char* name;
  std::vector<std::int64_t> shape;
  std::span<float> values;
};

// A model ready to run. Thread-safe: runs may overlap.
class OnnxSession {
 public:
  virtual ~OnnxSession() = default;
  // The first output, which must be float. Errors: cancelled soon after `stop` is requested, also in the middle of a
  // run; internal.
  virtual Result<TensorOutput> run(std::span<const TensorInput> inputs, std::stop_token stop) const = 0;
  // Writes the outputs named, for short runs in a loop: a recurrent model's state needs no copy. No input may share
  // memory with an output. Errors: internal, also when an output has another shape.
  virtual Result<void> run_into(std::span<const TensorInput> inputs, std::span<const TensorTarget> outputs) const = 0;
};

// Thread-safe. Sessions must not outlive it.
class OnnxRuntime {
 public:
  virtual ~OnnxRuntime() = default;
  // Takes 10 ms to half a second; `model` is not needed afterwards. Each run uses `threads` threads, the caller's
  // included. Errors: corrupt when the model is not one.
  virtual Result<std::unique_ptr<OnnxSession>> open(std::string_view model, std::size_t threads) const = 0;
  virtual std::string version() const = 0;
};

// Errors: unavailable, in one line that names the file tried.
Result<std::unique_ptr<OnnxRuntime>> load_onnx_runtime(const std::string& library);

}  // namespace soundbite
