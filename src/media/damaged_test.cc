// Every container cut at every hundredth of its length, and with bits turned over: audio or an error that is known.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <ctime>

#include "media/made_media_test.h"
#include "media/process.h"
#include "media/recording.h"

namespace soundbite::media {
namespace {

constexpr int rate = 48'000;
constexpr double most_s = 30;

std::vector<MediaKind> kinds() {
  return {{"wav", "pcm_s16le"},
          {"wav", "pcm_f32le", {{"rf64", "always"}}},
          {"w64", "pcm_s24le"},
          {"aiff", "pcm_s16be"},
          {"caf", "pcm_s16be"},
          {"flac", "flac", {}, {{"title", "A title"}}},
          {"mp3", "libmp3lame", {}, {{"title", "A title"}}},
          {"mp3", "libmp3lame", {{"write_xing", "0"}}},
          {"adts", "aac"},
          {"ipod", "aac", {}, {{"title", "A title"}}},
          {"ipod", "alac"},
          {"ipod", "aac", {{"movflags", "empty_moov"}, {"frag_duration", "100000"}}},
          {"ogg", "libvorbis", {{"page_duration", "50000"}}},  // else all of it is one page
          {"ogg", "libopus", {{"page_duration", "50000"}}, {{"title", "A title"}}},
          {"ogg", "flac", {{"page_duration", "50000"}}},
          {"matroska", "flac", {}, {{"title", "A title"}}},
          {"matroska", "libvorbis"},
          {"webm", "libopus"}};
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double most_memory_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1'024;
}

// Empty when all is well with how this was answered; else what is not.
std::string fault_of(const Result<void>& answer) {
  if (answer) return "";
  if (answer.error().code != ErrorCode::invalid || answer.error().fields.empty()) return answer.error().message;
  const std::string& code = answer.error().fields[0].code;
  for (const char* known :
       {"unsupported_media", "undecodable", "no_audio", "too_short", "too_long", "limit_exceeded", "nothing_left"}) {
    if (code == known) return "";
  }
  return "the code " + code;
}

Result<void> decode(const File& file) {
  auto recording = Recording::open(file.fd(), {"/fileId", "recording"}, {.max_seconds = most_s});
  if (!recording) return std::unexpected(recording.error());
  const BlockSink look = [&](const AudioBlock& block) -> Result<void> {
    if (block.channels.size() != static_cast<std::size_t>(recording->format().channels)) {
      return fail(ErrorCode::internal, "a block of other channels");
    }
    for (const float* channel : block.channels) {
      for (std::size_t i = 0; i < block.frames; ++i) {
        if (!std::isfinite(channel[i])) return fail(ErrorCode::internal, "a sample that is no number");
      }
    }
    return {};
  };
  for (;;) {
    auto more = recording->next(look);
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
  }
}

Result<void> work_on(const File& file) {
  MediaTask task{.inputs = {{"/fileId", "recording"}},
                 .recipe = {operation::Silence{}, operation::Loudness{}, operation::Fade{.out_s = 0.1}},
                 .output = {.format = Format::flac},
                 .analyse = true};
  task.limits.max_seconds = most_s;
  const File audio = memory_file(), spool = memory_file();
  const auto outcome = process(task, {.inputs = {file.fd()}, .audio = audio.fd(), .spool = spool.fd()}, [](double) {});
  return outcome ? Result<void>{} : std::unexpected(outcome.error());
}

class Damaged : public testing::TestWithParam<std::size_t> {
 protected:
  Damaged() {
    quieten_libav();
    Planar samples = {sine(rate, 0.6, 300, 0.3), sine(rate, 0.6, 450, 0.2)};
    whole_ = bytes_of(make_media(kinds()[GetParam()], rate, samples));
    const auto undamaged = work_on(file_of(whole_));
    EXPECT_TRUE(undamaged) << undamaged.error().message;
    memory_before_ = most_memory_mb();
  }
  ~Damaged() override {
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
    EXPECT_LT(most_memory_mb(), memory_before_ + 100);
#endif
  }

  static void work(const File& file) { EXPECT_EQ(fault_of(work_on(file)), ""); }

  void answers(const std::string& bytes, std::size_t number) {
    const File file = file_of(bytes);
    const double before = cpu_seconds();
    EXPECT_EQ(fault_of(decode(file)), "") << number;
    if (number % 8 == 0) work(file);
    EXPECT_LT(cpu_seconds() - before, 10) << number;
  }

  std::string whole_;
  double memory_before_ = 0;
};

TEST_P(Damaged, cut_at_every_hundredth_it_is_audio_or_a_known_error) {
  for (std::size_t percent = 0; percent < 100; ++percent)
    answers(whole_.substr(0, whole_.size() * percent / 100), percent);
}

TEST_P(Damaged, with_bits_turned_over_it_is_audio_or_a_known_error) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    std::uint32_t state = seed;
    const auto next = [&](std::size_t below) {
      state = state * 1'664'525 + 1'013'904'223;
      return (state >> 8) % below;
    };
    std::string bytes = whole_;
    // Headers are short, and worth more of the damage than their share.
    const std::size_t reach = seed % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 400);
    for (std::size_t flips = 1 + next(8); flips > 0; --flips) {
      bytes[next(reach)] ^= static_cast<char>(1U << next(8));
    }
    answers(bytes, seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Media, Damaged, testing::Range<std::size_t>(0, kinds().size()), [](const auto& p) {
  const MediaKind kind = kinds()[p.param];
  return kind.muxer + "_" + kind.encoder + "_" + std::to_string(p.param);
});

}  // namespace
}  // namespace soundbite::media
