#include "speech/engine.h"

#include <gmock/gmock.h>

#include <thread>

#include "speech/testing/voices_folder.h"

namespace soundbite {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* runtime = SOUNDBITE_TEST_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so.1.32.0";

class EngineTest : public testing::Test {
 protected:
  std::unique_ptr<SpeechEngine> make(std::string library = runtime, std::vector<std::string> more = {}) {
    more.push_back(folder_.path());
    return make_speech_engine({.voices_dirs = std::move(more), .onnxruntime_library = std::move(library)}, log_,
                              registry_)
        .value();
  }
  static SpeechRequest request(std::string voice, std::string text = "Hello there. How are you?") {
    return {.text = std::move(text), .voice_id = std::move(voice)};
  }
  // Samples in all; the error's code when it fails.
  static std::size_t drain(Speech& speech, std::optional<ErrorCode>* failed = nullptr) {
    std::size_t samples = 0;
    for (;;) {
      const auto chunk = speech.next({});
      if (!chunk) {
        if (failed) *failed = chunk.error().code;
        EXPECT_TRUE(failed) << chunk.error().message;
        return samples;
      }
      if (!*chunk) return samples;
      samples += (*chunk)->samples.size();
    }
  }

  VoicesFolder folder_;
  Log log_{LogFormat::text, LogLevel::off};
  prometheus::Registry registry_;
};

std::vector<std::string> ids(const std::vector<Voice>& voices) {
  std::vector<std::string> out;
  for (const auto& voice : voices) out.push_back(voice.id);
  return out;
}

TEST_F(EngineTest, lists_the_voices_of_both_kinds_sorted_by_id) {
  folder_.add("tiny");
  const auto all = ids(make()->voices());
  EXPECT_TRUE(std::ranges::is_sorted(all));
  EXPECT_THAT(all, Contains("espeak:en-us"));
  EXPECT_THAT(all, Contains("espeak:fr-fr"));
  EXPECT_THAT(all, Contains("tiny"));
}

TEST_F(EngineTest, finds_a_voice_by_its_exact_id_only) {
  folder_.add("tiny");
  const auto engine = make();
  EXPECT_EQ(engine->find_voice("espeak:en-us")->languages, std::vector<std::string>{"en-US"});
  for (const char* id : {"espeak:", "espeak:EN-US", "en-us", "tiny@nobody", "tiny.onnx", ""})
    EXPECT_FALSE(engine->find_voice(id)) << id;
}

TEST_F(EngineTest, suggests_the_nearest_voice_for_an_unknown_one) {
  folder_.add("en_US-tiny-low");
  const auto found = make()->find_voice("en_US-tiny-lov");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
  ASSERT_THAT(found.error().fields, SizeIs(1));
  EXPECT_EQ(found.error().fields[0].pointer, "/voiceId");
  EXPECT_EQ(found.error().fields[0].code, "unknown_voice");
  EXPECT_THAT(found.error().fields[0].suggestions, Contains("en_US-tiny-low"));
}

TEST_F(EngineTest, speaks_with_every_kind_of_voice) {
  folder_.add("cut");
  folder_.add("whole", {.cuttable = false});
  folder_.add("duo", {.several_speakers = true});
  const auto engine = make();
  for (const char* id : {"espeak:en-us", "cut", "whole", "duo", "duo@cleo"}) {
    const auto speech = engine->start(request(id)).value();
    EXPECT_EQ(speech->sample_rate(), engine->find_voice(id)->sample_rate);
    EXPECT_GT(drain(*speech), 1'000u) << id;
  }
}

TEST_F(EngineTest, speaks_slower_and_faster_as_asked) {
  auto slow = request("espeak:en-us");
  slow.speed = 0.5;
  auto fast = slow;
  fast.speed = 2;
  const auto engine = make();
  EXPECT_GT(drain(*engine->start(slow).value()), 2 * drain(*engine->start(fast).value()));
}

TEST_F(EngineTest, refuses_values_that_no_voice_can_honour) {
  const auto engine = make();
  const auto code = [&](auto change) {
    auto wrong = request("espeak:en-us");
    change(wrong);
    const auto speech = engine->start(wrong);
    return speech ? std::string("none") : speech.error().fields.at(0).pointer;
  };
  EXPECT_EQ(code([](auto& r) { r.speed = 0; }), "/speed");
  EXPECT_EQ(code([](auto& r) { r.speed = std::numeric_limits<double>::quiet_NaN(); }), "/speed");
  EXPECT_EQ(code([](auto& r) { r.volume_db = 1e308; }), "/volume");
  EXPECT_EQ(code([](auto& r) { r.sentence_silence_s = -1; }), "/sentenceSilence");
  EXPECT_EQ(code([](auto& r) { r.language = "de"; }), "/language");
  EXPECT_EQ(code([](auto& r) { r.language = "en-GB"; }), "none");
}

TEST_F(EngineTest, takes_up_voices_that_appear_while_it_runs) {
  const auto engine = make();
  EXPECT_FALSE(engine->find_voice("late"));
  folder_.add("late");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!engine->find_voice("late") && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(engine->start(request("late")));
}

TEST_F(EngineTest, says_why_a_voice_cannot_speak) {
  folder_.write("half.onnx", std::string_view(make_tiny_voice()).substr(0, 700));
  folder_.write("half.onnx.json", tiny_config());
  const auto engine = make();
  for (const auto& answer :
       {engine->find_voice("half").error(), engine->start(request("half")).error(), engine->preload("half").error()}) {
    EXPECT_EQ(answer.code, ErrorCode::unavailable);
    EXPECT_THAT(answer.message, HasSubstr("breaks off"));
  }
}

TEST_F(EngineTest, remembers_a_model_that_turned_out_unusable) {
  folder_.write("odd.onnx", make_tiny_voice({.symbols = 10}));  // the configuration names ids up to 27
  folder_.write("odd.onnx.json", tiny_config());
  const auto engine = make();
  EXPECT_EQ(engine->find_voice("odd")->broken, "");
  EXPECT_EQ(engine->preload("odd").error().code, ErrorCode::unavailable);
  EXPECT_THAT(engine->find_voice("odd").error().message, HasSubstr("10 symbols"));
}

TEST_F(EngineTest, speaks_on_with_espeak_when_onnx_runtime_is_missing) {
  folder_.add("tiny");
  for (const char* library : {"", "/nowhere/lib.so"}) {
    const auto engine = make(library);
    EXPECT_EQ(engine->start(request("tiny")).error().code, ErrorCode::unavailable);
    EXPECT_THAT(engine->find_voice("tiny").error().message, HasSubstr("ONNX Runtime"));
    EXPECT_GT(drain(*engine->start(request("espeak:en-us")).value()), 1'000u);
  }
}

TEST_F(EngineTest, answers_an_error_when_a_voice_makes_no_numbers) {
  folder_.add("nan", {.level = std::numeric_limits<float>::quiet_NaN()});
  std::optional<ErrorCode> failed;
  drain(*make()->start(request("nan")).value(), &failed);
  EXPECT_EQ(failed, ErrorCode::internal);
}

TEST_F(EngineTest, refuses_a_text_without_a_sound) {
  const auto engine = make();
  folder_.add("tiny");
  for (const char* text : {"\u200b", "...", "\"\" ?!", "\u00a0"}) {
    std::optional<ErrorCode> failed;
    EXPECT_EQ(drain(*engine->start(request("espeak:en-us", text)).value(), &failed), 0u);
    EXPECT_EQ(failed, ErrorCode::invalid) << text;
  }
}

TEST_F(EngineTest, stops_a_speech_from_another_thread_within_a_chunk) {
  const auto engine = make(runtime, {SOUNDBITE_TEST_DEPS_DIR "/voices"});
  std::string text;
  for (int i = 0; i < 200; ++i) text += "This goes on and on, and nobody is listening. ";
  const auto speech = engine->start(request("en_US-joe-medium", text)).value();
  std::stop_source stop;
  ASSERT_TRUE(speech->next(stop.get_token()));
  std::optional<ErrorCode> code;
  int chunks = 0;
  {
    std::jthread speaker([&] {
      for (;;) {
        const auto chunk = speech->next(stop.get_token());
        if (!chunk) code = chunk.error().code;
        if (!chunk || !*chunk) return;
        if (++chunks == 1) stop.request_stop();
      }
    });
  }
  EXPECT_EQ(code, ErrorCode::cancelled);
  EXPECT_EQ(chunks, 1);
}

TEST_F(EngineTest, speaks_several_texts_at_once) {
  folder_.add("duo", {.several_speakers = true});
  const auto engine = make();
  std::vector<std::jthread> threads;
  for (const char* id : {"duo", "duo@bert", "espeak:en-us", "espeak:de", "duo@cleo"})
    threads.emplace_back([&, id] { EXPECT_GT(drain(*engine->start(request(id)).value()), 1'000u); });
}

// One text of 100,000 characters, each kind of trouble; chunks stay small, so memory does.
TEST_F(EngineTest, streams_the_longest_texts_in_bounded_chunks) {
  folder_.add("tiny");
  const auto engine = make();
  const auto repeated = [](std::string_view piece, std::size_t characters) {
    std::string out;
    while (out.size() < characters) out += piece;
    return out;
  };
  const std::pair<const char*, std::string> cases[] = {
      {"espeak:en-us", repeated("The quick brown fox jumps over the lazy dog. ", 10'000)},
      {"tiny", repeated("The quick brown fox jumps over the lazy dog. ", 100'000)},
      {"tiny", repeated("no mark anywhere here ", 50'000)},
      {"tiny", repeated("7", 50'000)},
      {"tiny", repeated("Yes. ", 50'000)},
      {"espeak:ar", repeated("مرحبا بالعالم. ", 5'000)},
      {"espeak:en-us", repeated("a\u0301\u0302", 5'000)},
      {"tiny", repeated("😀", 20'000)}};
  for (const auto& [voice, text] : cases) {
    const auto speech = engine->start(request(voice, text)).value();
    std::size_t largest = 0;
    double progress = 0;
    for (;;) {
      const auto chunk = speech->next({});
      ASSERT_TRUE(chunk) << chunk.error().message;
      if (!*chunk) break;
      largest = std::max(largest, (*chunk)->samples.size());
      ASSERT_GE((*chunk)->progress, progress);
      progress = (*chunk)->progress;
    }
    EXPECT_DOUBLE_EQ(progress, 1);
    EXPECT_LT(largest, static_cast<std::size_t>(90 * speech->sample_rate()));
  }
}

}  // namespace
}  // namespace soundbite
