// Engines that speak numbers and write them down, and a fetcher without a network: for tests of the rooms above the
// ports.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "net/fetcher.h"
#include "port/media_engine.h"
#include "port/speech_detector.h"
#include "port/speech_engine.h"

namespace soundbite {

// Speaks `chunks` chunks of ten samples. A gate, when set, is called before each chunk and may block or fail.
// Thread-safe but for the public members, which are set before use.
class FakeSpeech final : public SpeechEngine {
 public:
  int chunks = 3;
  std::function<Result<void>(int chunk, std::stop_token)> gate;
  std::function<Result<void>()> on_start;

  std::vector<Voice> voices() override {
    return {{"espeak:en-us", "English", "espeak-ng", {"en-US"}, "male", 22'050, "", {}, ""}};
  }
  Result<Voice> find_voice(const std::string& id) override {
    for (auto& voice : voices()) {
      if (voice.id == id) return voice;
    }
    return std::unexpected(Error{ErrorCode::not_found,
                                 "there is no voice " + id,
                                 {{"/voiceId", "unknown_voice", "GET /api/v1/voices lists them", {"espeak:en-us"}}}});
  }
  Result<void> preload(const std::string&) override { return {}; }
  Result<std::unique_ptr<Speech>> start(const SpeechRequest& request) override {
    if (auto voice = find_voice(request.voice_id); !voice) return std::unexpected(voice.error());
    if (on_start) {
      if (auto started = on_start(); !started) return std::unexpected(started.error());
    }
    return std::make_unique<Numbers>(*this);
  }

 private:
  struct Numbers final : Speech {
    explicit Numbers(FakeSpeech& maker) : engine(maker) {}
    int sample_rate() const override { return 22'050; }
    Result<std::optional<PcmChunk>> next(std::stop_token stop) override {
      if (made == engine.chunks) return std::nullopt;
      if (engine.gate) {
        if (auto passed = engine.gate(made, stop); !passed) return std::unexpected(passed.error());
      }
      if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
      ++made;
      return PcmChunk{std::vector<float>(10, 0.5F), static_cast<double>(made) / engine.chunks};
    }
    FakeSpeech& engine;
    int made = 0;
  };
};

// Writes one byte per sample. `finish_error`, when set, is what the next finish answers.
class FakeMedia final : public MediaEngine {
 public:
  std::mutex mutex;
  std::optional<Error> finish_error;
  std::atomic<int> kills{0};

  Result<std::unique_ptr<Encode>> start(const EncodeRequest& request, const File& output) override {
    return std::make_unique<Writer>(*this, request, output);
  }

  // Copies the source to the audio; "made" stands for every artefact. PCM is written as by `start`.
  std::vector<MediaTask> tasks;  // what was asked
  Result<std::unique_ptr<Process>> process(const MediaTask& task, const ProcessFiles& files,
                                           ProcessListener listener) override {
    const std::lock_guard lock(mutex);
    tasks.push_back(task);
    return std::make_unique<Copier>(*this, task, files, std::move(listener));
  }

 private:
  struct Copier final : Process {
    Copier(FakeMedia& m, MediaTask t, ProcessFiles f, ProcessListener l)
        : media(m), task(std::move(t)), files(std::move(f)), listener(std::move(l)) {}
    Result<void> write(std::span<const float> samples) override {
      frames += samples.size();
      return files.audio->write_all(std::vector<std::byte>(samples.size(), std::byte{'s'}));
    }
    Result<MediaOutcome> finish() override {
      {
        const std::lock_guard lock(media.mutex);
        if (media.finish_error) return std::unexpected(*std::exchange(media.finish_error, std::nullopt));
      }
      if (!task.pcm_rate) {
        std::vector<std::byte> bytes(*files.inputs.at(0)->size());
        if (auto read = files.inputs[0]->read_at(bytes, 0); !read) return std::unexpected(read.error());
        if (auto written = files.audio->write_all(bytes); !written) return std::unexpected(written.error());
        frames = bytes.size();
      }
      for (const File* one : {files.waveform, files.waveform_png, files.spectrogram_png}) {
        if (one) std::ignore = one->write_all(std::as_bytes(std::span("made", 4)));
      }
      if (task.tap_speech && listener.speech) std::ignore = listener.speech(std::vector<float>(16'000, 0.0F));
      listener.progress(1);
      return MediaOutcome{.sample_rate = 22'050,
                          .channels = 1,
                          .frames = frames,
                          .duration_s = static_cast<double>(frames) / 22'050,
                          .verification = std::nullopt,
                          .dropped = {},
                          .analysis = task.analyse ? R"({"input":{},"output":{}})" : ""};
    }
    void kill() override { ++media.kills; }
    FakeMedia& media;
    MediaTask task;
    ProcessFiles files;
    ProcessListener listener;
    std::uint64_t frames = 0;
  };

  struct Writer final : Encode {
    Writer(FakeMedia& m, const EncodeRequest& r, const File& o) : media(m), request(r), output(o) {}
    Result<void> write(std::span<const float> samples) override {
      frames += samples.size();
      return output.write_all(std::vector<std::byte>(samples.size(), std::byte{'s'}));
    }
    Result<MediaReport> finish() override {
      const std::lock_guard lock(media.mutex);
      if (media.finish_error) return std::unexpected(*std::exchange(media.finish_error, std::nullopt));
      return MediaReport{request.input_rate, 1, frames, static_cast<double>(frames) / request.input_rate};
    }
    void kill() override { ++media.kills; }
    FakeMedia& media;
    EncodeRequest request;
    const File& output;
    std::uint64_t frames = 0;
  };
};

// Hears one segment from the start to whatever it was given.
class FakeDetector final : public SpeechDetector {
 public:
  std::optional<Error> listen_error;

  Result<std::unique_ptr<SpeechListener>> listen() override {
    if (listen_error) return std::unexpected(*listen_error);
    return std::make_unique<Listener>();
  }

 private:
  struct Listener final : SpeechListener {
    Result<void> hear(std::span<const float> samples) override {
      heard += samples.size();
      return {};
    }
    Result<std::vector<SpeechSegment>> finish() override {
      return std::vector<SpeechSegment>{{0, static_cast<double>(heard) / detector_rate}};
    }
    std::size_t heard = 0;
  };
};

// Every URL gives the same bytes, or the error. With `never_ends` a fetch goes on until it is cancelled.
class FakeFetcher final : public Fetcher {
 public:
  std::string bytes = "fetched";
  std::optional<Error> error;
  bool never_ends = false;
  std::vector<std::string> urls;

  awaitable<Result<Fetched>> fetch(std::string url, std::string, const File& into, Deadline) override {
    urls.push_back(std::move(url));
    if (never_ends) co_await sleep_until(Deadline::never());
    if (error) co_return std::unexpected(*error);
    if (auto written = into.write_all(std::as_bytes(std::span(bytes))); !written)
      co_return std::unexpected(written.error());
    co_return Fetched{bytes.size(), "fetched.wav"};
  }
};

}  // namespace soundbite
