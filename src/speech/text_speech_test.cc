#include "speech/text_speech.h"

#include <gmock/gmock.h>

#include <limits>

namespace soundbite {
namespace {

using testing::ElementsAre;

// Says `per_sentence` pieces of `samples` ones; a sentence of stars has no sound.
class FakeVoice final : public SentenceVoice {
 public:
  int pieces = 1;
  std::size_t samples = 100;
  float level = 1;
  std::vector<std::string>* heard = nullptr;

  int sample_rate() const override { return 1000; }
  Result<void> begin(const std::string& sentence, std::stop_token) override {
    if (heard) heard->push_back(sentence);
    left_ = sentence.starts_with('*') ? 0 : pieces;
    return {};
  }
  Result<std::optional<SpokenPiece>> next(std::stop_token) override {
    if (left_ == 0) return std::optional<SpokenPiece>();
    --left_;
    return SpokenPiece{.samples = std::vector<float>(samples, level),
                       .done = 1 - static_cast<double>(left_) / pieces,
                       .begins = left_ == pieces - 1,
                       .ends = left_ == 0};
  }

 private:
  int left_ = 0;
};

struct Heard {
  std::vector<std::size_t> sizes;
  std::vector<double> progress;
  std::vector<float> samples;
  Error error;
};

class TextSpeechTest : public testing::Test {
 protected:
  std::unique_ptr<Speech> begin(FakeVoice voice, double silence_s = 0.2, double volume_db = 0) {
    const SpeechRequest request{
        .text = text_, .voice_id = "fake", .volume_db = volume_db, .sentence_silence_s = silence_s};
    return make_text_speech(request, "en", std::make_unique<FakeVoice>(std::move(voice)), metrics_.of_voice("fake"));
  }
  static Heard drain(Speech& speech) {
    Heard run;
    for (;;) {
      auto chunk = speech.next({});
      if (!chunk) {
        run.error = chunk.error();
        return run;
      }
      if (!*chunk) return run;
      run.sizes.push_back((*chunk)->samples.size());
      run.progress.push_back((*chunk)->progress);
      run.samples.insert(run.samples.end(), (*chunk)->samples.begin(), (*chunk)->samples.end());
    }
  }

  prometheus::Registry registry_;
  SpeechMetrics metrics_{registry_};
  std::string text_ = "One. Two. Three.";
};

TEST_F(TextSpeechTest, puts_silence_between_sentences_and_none_behind_the_last) {
  EXPECT_THAT(drain(*begin({})).sizes, ElementsAre(100, 300, 300));
}

TEST_F(TextSpeechTest, puts_one_silence_where_a_sentence_has_no_sound) {
  text_ = "*** . One. *** . *** . Two. *** .";
  EXPECT_THAT(drain(*begin({})).sizes, ElementsAre(100, 300));
}

TEST_F(TextSpeechTest, puts_no_silence_inside_a_sentence_that_was_cut_for_its_length) {
  text_.clear();
  for (int i = 0; i < 100; ++i) text_ += "word ";
  std::vector<std::string> heard;
  FakeVoice voice;
  voice.heard = &heard;
  const auto run = drain(*begin(voice));
  EXPECT_EQ(heard.size(), 2u);
  EXPECT_THAT(run.sizes, ElementsAre(100, 100));
}

TEST_F(TextSpeechTest, reports_progress_that_only_grows_and_ends_at_one) {
  FakeVoice voice;
  voice.pieces = 3;
  const auto run = drain(*begin(voice));
  EXPECT_EQ(run.progress.size(), 9u);
  EXPECT_TRUE(std::ranges::is_sorted(run.progress));
  EXPECT_GT(run.progress.front(), 0);
  EXPECT_DOUBLE_EQ(run.progress.back(), 1);
}

TEST_F(TextSpeechTest, fades_the_edges_of_a_sentence_and_not_the_joins_of_its_pieces) {
  text_ = "One.";
  FakeVoice voice;
  voice.pieces = 2;
  const auto run = drain(*begin(voice));
  EXPECT_EQ(run.samples.front(), 0);
  EXPECT_EQ(run.samples.back(), 0);
  EXPECT_EQ(run.samples[99], 1);
  EXPECT_EQ(run.samples[100], 1);
}

TEST_F(TextSpeechTest, applies_the_volume) {
  text_ = "One.";
  EXPECT_NEAR(drain(*begin({}, 0, -20)).samples[50], 0.1f, 1e-5f);
}

TEST_F(TextSpeechTest, refuses_a_text_that_holds_nothing_to_speak) {
  for (const char* text : {"*** .", "***", ""}) {
    text_ = text;
    const auto error = drain(*begin({})).error;
    EXPECT_EQ(error.code, ErrorCode::invalid);
    ASSERT_EQ(error.fields.size(), 1u);
    EXPECT_EQ(error.fields[0].pointer, "/text");
    EXPECT_EQ(error.fields[0].code, "nothing_to_speak");
  }
}

TEST_F(TextSpeechTest, stops_before_the_next_piece) {
  std::stop_source stop;
  const auto speech = begin({});
  ASSERT_TRUE(speech->next(stop.get_token()));
  stop.request_stop();
  EXPECT_EQ(speech->next(stop.get_token()).error().code, ErrorCode::cancelled);
}

TEST_F(TextSpeechTest, never_hands_out_samples_that_are_no_numbers) {
  FakeVoice voice;
  voice.level = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(drain(*begin(voice)).error.code, ErrorCode::internal);
}

TEST_F(TextSpeechTest, counts_the_audio_of_its_voice) {
  (void)drain(*begin({}));
  EXPECT_DOUBLE_EQ(metrics_.of_voice("fake").audio_seconds.Value(), 0.7);
}

}  // namespace
}  // namespace soundbite
