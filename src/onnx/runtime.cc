#include "onnx/runtime.h"

#include <dlfcn.h>

#include <mutex>

#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>
#include <onnxruntime_session_options_config_keys.h>

namespace soundbite {

namespace {

constexpr std::uint32_t api_version = 21;

std::unexpected<Error> no_runtime(std::string why) {
  return fail(ErrorCode::unavailable, "ONNX Runtime cannot be used: " + std::move(why));
}

struct Library {
  const OrtApi* api;
  std::string version;
};

// The library stays open for good: ORT keeps threads and thread-local state that outlive any handle of ours.
Result<Library> open_library(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return no_runtime(dlerror());
  const auto get_base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
  const OrtApiBase* base = get_base ? get_base() : nullptr;
  if (!base) return no_runtime(path + " has no OrtGetApiBase");
  const OrtApi* api = base->GetApi(api_version);
  if (!api) return no_runtime(path + " is version " + base->GetVersionString() + ", older than 1.21");
  return Library{api, base->GetVersionString()};
}

// The vendor's wrapper keeps its table of functions in a global, which other threads may be reading.
void use_api(const OrtApi* api) {
  static std::mutex changing;
  static const OrtApi* used = nullptr;
  const std::scoped_lock lock(changing);
  if (used != api) Ort::InitApi(api);
  used = api;
}

void ORT_API_CALL ignore_log(void*, OrtLoggingLevel, const char*, const char*, const char*, const char*) {}

Ort::Value to_value(const Ort::MemoryInfo& memory, const TensorInput& input) {
  return std::visit(
      [&]<class T>(std::span<const T> values) {
        // ORT's interface takes a mutable pointer; it does not write to inputs.
        return Ort::Value::CreateTensor<T>(memory, const_cast<T*>(values.data()), values.size(), input.shape.data(),
                                           input.shape.size());
      },
      input.values);
}

// The inputs of a run as ORT takes them.
struct Feed {
  Feed(const Ort::MemoryInfo& memory, std::span<const TensorInput> inputs) {
    for (const auto& input : inputs) {
      values.push_back(to_value(memory, input));
      names.push_back(input.name);
    }
  }
  std::vector<Ort::Value> values;
  std::vector<const char*> names;
};

class Session final : public OnnxSession {
 public:
  explicit Session(Ort::Session session) : session_(std::move(session)) {
    output_ = session_.GetOutputNameAllocated(0, Ort::AllocatorWithDefaultOptions()).get();
  }

  Result<TensorOutput> run(std::span<const TensorInput> inputs, std::stop_token stop) const override {
    try {
      return run_throwing(inputs, stop);
    } catch (const Ort::Exception& error) {
      if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the run was stopped");
      return model_failed(error);
    }
  }

  Result<void> run_into(std::span<const TensorInput> inputs, std::span<const TensorTarget> outputs) const override {
    try {
      const Feed feed(memory_, inputs);
      std::vector<Ort::Value> values;
      std::vector<const char*> names;
      for (const auto& output : outputs) {
        values.push_back(Ort::Value::CreateTensor<float>(memory_, output.values.data(), output.values.size(),
                                                         output.shape.data(), output.shape.size()));
        names.push_back(output.name);
      }
      session().Run(Ort::RunOptions(nullptr), feed.names.data(), feed.values.data(), feed.values.size(), names.data(),
                    values.data(), values.size());
      return {};
    } catch (const Ort::Exception& error) {
      return model_failed(error);
    }
  }

 private:
  static std::unexpected<Error> model_failed(const Ort::Exception& error) {
    return fail(ErrorCode::internal, std::string("the model failed: ") + error.what());
  }

  // Session::Run is not const in the vendor's wrapper, though the C function behind it is thread-safe.
  Ort::Session& session() const { return const_cast<Ort::Session&>(session_); }

  Result<TensorOutput> run_throwing(std::span<const TensorInput> inputs, const std::stop_token& stop) const {
    Ort::RunOptions options;
    const std::stop_callback terminate(stop, [&options] { options.SetTerminate(); });
    const Feed feed(memory_, inputs);
    const char* output = output_.c_str();
    auto made = session().Run(options, feed.names.data(), feed.values.data(), feed.values.size(), &output, 1);
    auto owner = std::make_shared<Ort::Value>(std::move(made.front()));
    const auto info = owner->GetTensorTypeAndShapeInfo();
    if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
      return fail(ErrorCode::internal, "the model's output is not f32");
    return TensorOutput{info.GetShape(), {owner->GetTensorData<float>(), info.GetElementCount()}, owner};
  }

  Ort::Session session_;
  Ort::MemoryInfo memory_ = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::string output_;  // the first
};

class Runtime final : public OnnxRuntime {
 public:
  explicit Runtime(std::string version)
      : environment_(ORT_LOGGING_LEVEL_FATAL, "soundbite", ignore_log, nullptr), version_(std::move(version)) {}

  Result<std::unique_ptr<OnnxSession>> open(std::string_view model, std::size_t threads) const override {
    try {
      Ort::SessionOptions options;
      options.SetIntraOpNumThreads(static_cast<int>(threads));
      options.SetExecutionMode(ORT_SEQUENTIAL);
      options.SetGraphOptimizationLevel(ORT_DISABLE_ALL);
      options.DisableMemPattern();
      options.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
      options.AddConfigEntry(kOrtSessionOptionsConfigAllowIntraOpSpinning, "0");
      Ort::Session session(environment_, model.data(), model.size(), options);
      if (session.GetOutputCount() == 0) return fail(ErrorCode::corrupt, "the model has no output");
      return std::make_unique<Session>(std::move(session));
    } catch (const Ort::Exception& error) {
      return fail(ErrorCode::corrupt, std::string("ONNX Runtime refuses the model: ") + error.what());
    }
  }

  std::string version() const override { return version_; }

 private:
  Ort::Env environment_;
  std::string version_;
};

}  // namespace

Result<std::unique_ptr<OnnxRuntime>> load_onnx_runtime(const std::string& library) {
  if (library.empty()) return no_runtime("no library is configured");
  auto opened = open_library(library);
  if (!opened) return std::unexpected(std::move(opened.error()));
  try {
    use_api(opened->api);
    return std::make_unique<Runtime>(std::move(opened->version));
  } catch (const Ort::Exception& error) {
    return no_runtime(error.what());
  }
}

}  // namespace soundbite
