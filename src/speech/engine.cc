#include "speech/engine.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "onnx/runtime.h"
#include "speech/espeak/espeak.h"
#include "speech/espeak/espeak_sentence_voice.h"
#include "speech/piper/model_pool.h"
#include "speech/piper/piper_sentence_voice.h"
#include "speech/piper/run_gate.h"
#include "speech/piper/voice_folders.h"
#include "speech/speech_metrics.h"
#include "speech/text_speech.h"

namespace soundbite {

namespace {

constexpr std::string_view espeak_prefix = "espeak:";
constexpr std::size_t models_kept = 4;  // about 100 MB each

// Opens ONNX Runtime for the first model: 30 ms that a server's start and an espeak voice need not wait for.
class ModelLoader {
 public:
  ModelLoader(std::string library, std::size_t threads, prometheus::Histogram& load_seconds)
      : library_(std::move(library)), threads_(threads), load_seconds_(load_seconds) {
    if (library_.empty() || access(library_.c_str(), R_OK) != 0)
      problem_ =
          "ONNX Runtime is missing: " + (library_.empty() ? "no library is configured" : library_ + " cannot be read");
  }

  LoadedModel load(const std::string& path) {
    const auto start = std::chrono::steady_clock::now();
    const auto runtime = open();
    if (!runtime) return std::unexpected(runtime.error());
    auto model = VitsModel::load(**runtime, path, threads_);
    load_seconds_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return model;
  }

  // Why no Piper voice can speak; empty while that is not known.
  std::string problem() const {
    const std::scoped_lock lock(mutex_);
    return problem_;
  }

 private:
  Result<const OnnxRuntime*> open() {
    const std::scoped_lock lock(opening_);
    if (runtime_) return runtime_.get();
    auto runtime = load_onnx_runtime(library_);
    const std::scoped_lock state(mutex_);
    problem_ = runtime ? "" : runtime.error().message;
    if (!runtime) return std::unexpected(std::move(runtime.error()));
    runtime_ = std::move(*runtime);
    return runtime_.get();
  }

  const std::string library_;
  const std::size_t threads_;
  prometheus::Histogram& load_seconds_;
  std::mutex opening_;
  std::unique_ptr<OnnxRuntime> runtime_;
  mutable std::mutex mutex_;  // held for moments only
  std::string problem_;
};

// Models that turned out unusable when they were loaded, until their file changes.
class BrokenModels {
 public:
  void add(const PiperVoice& voice, std::string why) {
    const std::scoped_lock lock(mutex_);
    broken_[voice.model_path] = {voice.model_stamp, std::move(why)};
  }
  std::string why(const PiperVoice& voice) const {
    const std::scoped_lock lock(mutex_);
    const auto found = broken_.find(voice.model_path);
    return found != broken_.end() && found->second.first == voice.model_stamp ? found->second.second : std::string();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::pair<FileStamp, std::string>> broken_;
};

class Engine final : public SpeechEngine {
 public:
  Engine(SpeechOptions options, std::shared_ptr<Espeak> espeak, Log& log, prometheus::Registry& registry)
      : log_(log),
        metrics_(registry),
        espeak_(std::move(espeak)),
        folders_(std::move(options.voices_dirs)),
        loader_(std::move(options.onnxruntime_library), std::max<std::size_t>(1, options.threads_per_run),
                metrics_.load_seconds()),
        pool_([this](const std::string& path) { return loader_.load(path); }, models_kept),
        gate_(std::max<std::size_t>(1, options.concurrent_runs)),
        first_audio_(options.first_audio) {}

  std::vector<Voice> voices() override {
    std::vector<Voice> all;
    for (const auto& voice : espeak_->voices()) all.push_back(describe(voice));
    for (const auto& [id, voice] : *piper_voices()) all.push_back(describe(voice));
    std::ranges::sort(all, {}, &Voice::id);
    return all;
  }

  Result<Voice> find_voice(const std::string& id) override {
    auto found = find(id);
    if (!found) return std::unexpected(std::move(found.error()));
    return found->voice;
  }

  Result<std::unique_ptr<Speech>> start(const SpeechRequest& request) override {
    auto found = find(request.voice_id);
    if (!found) return std::unexpected(std::move(found.error()));
    if (auto checked = check(request, found->voice); !checked) return std::unexpected(std::move(checked.error()));
    auto voice = sentence_voice(*found, request.speed);
    if (!voice) return std::unexpected(std::move(voice.error()));
    const std::string& language = request.language.empty() ? found->voice.languages.front() : request.language;
    return make_text_speech(request, language, std::move(*voice), metrics_.of_voice(request.voice_id));
  }

  Result<void> preload(const std::string& id) override {
    auto found = find(id);
    if (!found) return std::unexpected(std::move(found.error()));
    if (!found->piper) return {};
    auto model = load(*found->piper);
    if (!model) return std::unexpected(std::move(model.error()));
    return {};
  }

 private:
  struct Found {
    Voice voice;
    std::optional<PiperVoice> piper;  // else an espeak-ng voice
  };

  static Voice describe(const EspeakVoice& voice, int rate) {
    return {.id = std::string(espeak_prefix) + voice.code,
            .name = voice.name,
            .engine = "espeak-ng",
            .languages = {to_language_tag(voice.code)},
            .gender = voice.gender,
            .sample_rate = rate,
            .licence = "GPL-3.0-or-later",
            .features = {"speed", "volume", "sentenceSilence"},
            .broken = ""};
  }
  Voice describe(const EspeakVoice& voice) const { return describe(voice, espeak_->sample_rate()); }

  Voice describe(const PiperVoice& piper) const {
    Voice voice = piper.voice;
    if (voice.broken.empty()) voice.broken = loader_.problem();
    if (voice.broken.empty()) voice.broken = broken_.why(piper);
    return voice;
  }

  std::shared_ptr<const PiperVoices> piper_voices() { return folders_.at(std::chrono::steady_clock::now()); }

  Result<Found> find(const std::string& id) {
    std::optional<Found> found;
    if (id.starts_with(espeak_prefix)) {
      const auto& voices = espeak_->voices();
      const auto voice = std::ranges::lower_bound(voices, id.substr(espeak_prefix.size()), {}, &EspeakVoice::code);
      if (voice != voices.end() && espeak_prefix.size() + voice->code.size() == id.size() && id.ends_with(voice->code))
        found = Found{describe(*voice), std::nullopt};
    } else {
      const auto voices = piper_voices();
      if (const auto voice = voices->find(id); voice != voices->end())
        found = Found{describe(voice->second), voice->second};
    }
    if (!found) return unknown_voice(id);
    if (!found->voice.broken.empty())
      return fail(ErrorCode::unavailable, "the voice \"" + id + "\" cannot speak: " + found->voice.broken);
    return std::move(*found);
  }

  std::unexpected<Error> unknown_voice(const std::string& id) {
    std::vector<std::string> ids;
    for (const auto& voice : voices())
      if (voice.broken.empty()) ids.push_back(voice.id);
    return std::unexpected(
        Error{ErrorCode::not_found,
              "there is no such voice",
              {{"/voiceId", "unknown_voice", "GET /api/v1/voices lists the voices", nearest_names(id, ids)}}});
  }

  // What would make a voice misbehave, whoever calls.
  static Result<void> check(const SpeechRequest& request, const Voice& voice) {
    const auto wrong = [](std::string pointer, std::string code, std::string detail, std::vector<std::string> better) {
      return std::unexpected(
          Error{ErrorCode::invalid, detail, {{std::move(pointer), std::move(code), detail, std::move(better)}}});
    };
    if (!(request.speed >= 0.25 && request.speed <= 4)) return wrong("/speed", "out_of_range", "must be 0.25 to 4", {});
    if (!(std::abs(request.volume_db) <= 24)) return wrong("/volume", "out_of_range", "must be -24 to 24 dB", {});
    if (!(request.sentence_silence_s >= 0 && request.sentence_silence_s <= 5))
      return wrong("/sentenceSilence", "out_of_range", "must be 0 to 5 seconds", {});
    const auto primary = [](const std::string& tag) { return tag.substr(0, tag.find('-')); };
    if (!request.language.empty() && to_language_tag(primary(request.language)) != primary(voice.languages.front()))
      return wrong("/language", "unsupported_language", "this voice speaks another language", voice.languages);
    return {};
  }

  Result<std::unique_ptr<SentenceVoice>> sentence_voice(const Found& found, double speed) {
    if (!found.piper) return make_espeak_sentence_voice(espeak_, found.voice.id.substr(espeak_prefix.size()), speed);
    auto model = load(*found.piper);
    if (!model) return std::unexpected(std::move(model.error()));
    return make_piper_sentence_voice({std::move(*model), found.piper->config, found.piper->speaker, speed}, espeak_,
                                     gate_, first_audio_, metrics_.unknown_phonemes());
  }

  LoadedModel load(const PiperVoice& voice) {
    auto model = pool_.get(voice.model_path, voice.model_stamp);
    std::optional<std::string> unfit;
    if (model) unfit = mismatch(voice, **model);
    if (!model && (model.error().code == ErrorCode::corrupt || model.error().code == ErrorCode::invalid))
      unfit = model.error().message;
    if (!unfit) return model;
    broken_.add(voice, *unfit);
    log_.warn("voice_broken", {{"voice", voice.voice.id}, {"reason", *unfit}});
    return fail(ErrorCode::unavailable, "the voice \"" + voice.voice.id + "\" cannot speak: " + *unfit);
  }

  // What the model and the file beside it disagree about.
  static std::optional<std::string> mismatch(const PiperVoice& voice, const VitsModel& model) {
    if (model.symbols() > 0 && voice.config->highest_id >= model.symbols())
      return "phoneme_id_map holds the id " + std::to_string(voice.config->highest_id) + ", the model knows " +
             std::to_string(model.symbols()) + " symbols";
    if (voice.config->speaker_count > 1 && !model.takes_speaker())
      return "the configuration has several speakers, the model one";
    return std::nullopt;
  }

  Log& log_;
  SpeechMetrics metrics_;
  const std::shared_ptr<Espeak> espeak_;
  VoiceFolders folders_;
  ModelLoader loader_;
  BrokenModels broken_;
  ModelPool pool_;
  RunGate gate_;
  const FirstAudio first_audio_;
};

}  // namespace

Result<std::unique_ptr<SpeechEngine>> make_speech_engine(SpeechOptions options, Log& log,
                                                         prometheus::Registry& registry) {
  auto espeak = open_espeak();
  if (!espeak) return std::unexpected(std::move(espeak.error()));
  return std::make_unique<Engine>(std::move(options), std::move(*espeak), log, registry);
}

}  // namespace soundbite
