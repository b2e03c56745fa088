#include "media/encode.h"

#include <gmock/gmock.h>

#include <numeric>

#include "media/decoded_test.h"

namespace soundbite::media {
namespace {

struct Case {
  OutputPlan plan;
  bool pipe;
};

std::vector<Case> cases_of(Format format) {
  const FormatTraits& traits = traits_of(format);
  std::vector<int> rates(traits.sample_rates.begin(), traits.sample_rates.end());
  if (rates.empty()) rates = {traits.min_rate, 22'050, 22'051, traits.max_rate};
  if (format == Format::m4a) rates = {traits.min_rate, 22'050, traits.max_rate};  // aac tries them all
  std::vector<Case> cases;
  for (const int rate : rates) {
    for (const int channels : {1, 2}) {
      const auto plan = plan_output({.format = format, .sample_rate = rate, .channels = channels}, 22'050);
      for (const bool pipe : {false, true}) cases.push_back({*plan, pipe});
    }
  }
  return cases;
}

// Whether libav plays neither what the encoder put before the audio nor what fills its last frame. ADTS and a streamed
// MP3 have no place to say it; libav cuts M4A at whole frames only, though the file says where the audio ends.
bool plays_exactly(const Case& c) {
  switch (c.plan.format) {
    case Format::wav:
    case Format::flac:
    case Format::opus:
    case Format::vorbis: return true;
    case Format::mp3: return !c.pipe;
    case Format::m4a:
    case Format::aac: return false;
  }
  return false;
}

// Frames that libav plays too much then: the encoder's delay and a last frame.
std::size_t slack(const Case& c) {
  if (c.plan.format == Format::mp3) return 1'105 + 1'152;
  return c.plan.format == Format::m4a && !c.pipe ? 1'024 : 1'024 + 1'024;
}

// Whether libav reports the length as the file says it. For MP3 and Opus it counts the encoder's delay too; the tests
// of their headers look for themselves.
bool declares_length(const Case& c) {
  return !c.pipe && c.plan.format != Format::mp3 && c.plan.format != Format::opus && c.plan.format != Format::aac;
}

void check(const Case& c) {
  constexpr double seconds = 1.3;
  const auto samples = sine(22'050, seconds);
  const EncodeJob job{22'050, c.plan};
  const Made made = c.pipe ? encode_to_pipe(job, samples) : encode_to_file(job, samples);
  ASSERT_TRUE(made.report) << made.report.error().message;
  const auto expected = static_cast<std::uint64_t>(std::lround(seconds * c.plan.sample_rate));
  EXPECT_EQ(made.report->frames, expected);

  const Decoded decoded = decode(made.file);
  EXPECT_EQ(decoded.sample_rate, c.plan.sample_rate);
  EXPECT_EQ(decoded.channels, c.plan.channels);
  EXPECT_GE(decoded.frames(), expected);
  EXPECT_LE(decoded.frames(), expected + (plays_exactly(c) ? 0 : slack(c)));
  if (declares_length(c)) EXPECT_NEAR(decoded.declared_s, seconds, 0.001);
  for (const auto& channel : decoded.channel) EXPECT_NEAR(level_db(channel), level_db(samples), 0.5);
}

class EveryFormat : public testing::TestWithParam<Format> {};

TEST_P(EveryFormat, decodes_to_the_length_level_rate_and_channels_asked_for) {
  for (const Case& c : cases_of(GetParam())) {
    SCOPED_TRACE(std::to_string(c.plan.sample_rate) + " Hz, channels " + std::to_string(c.plan.channels) +
                 (c.pipe ? ", pipe" : ", file"));
    check(c);
  }
}

Made make(Format format, std::size_t frames, bool pipe = false) {
  const auto samples = sine(24'000, static_cast<double>(frames) / 24'000);
  const EncodeJob job{24'000, *plan_output({.format = format}, 24'000)};
  return pipe ? encode_to_pipe(job, samples) : encode_to_file(job, samples);
}

TEST_P(EveryFormat, is_complete_however_short) {
  for (const std::size_t frames : {1, 2, 100, 575, 1'152, 1'153}) {
    for (const bool pipe : {false, true}) {
      const Made made = make(GetParam(), frames, pipe);
      ASSERT_TRUE(made.report) << made.report.error().message;
      const int rate = GetParam() == Format::opus ? 48'000 : 24'000;
      EXPECT_EQ(made.report->frames, frames * static_cast<std::size_t>(rate) / 24'000);
      const Decoded decoded = decode(made.file);
      // An M4A edit list counts in milliseconds.
      const std::uint64_t least = GetParam() == Format::m4a && frames < 24 ? 0 : made.report->frames;
      EXPECT_GE(decoded.frames(), least) << frames << (pipe ? " pipe" : " file");
      EXPECT_LE(decoded.frames(), made.report->frames + 2'304) << frames << (pipe ? " pipe" : " file");
    }
  }
}

TEST_P(EveryFormat, refuses_to_hold_no_sample_at_all) {
  const Made made = make(GetParam(), 0);
  ASSERT_FALSE(made.report);
  EXPECT_EQ(made.report.error().code, ErrorCode::invalid);
}

TEST_P(EveryFormat, gives_equal_bytes_for_equal_samples) {
  EXPECT_EQ(bytes_of(make(GetParam(), 20'000).file), bytes_of(make(GetParam(), 20'000).file));
  EXPECT_EQ(bytes_of(make(GetParam(), 20'000, true).file), bytes_of(make(GetParam(), 20'000, true).file));
}

TEST_P(EveryFormat, names_no_version_of_libav) {
  const std::string bytes = bytes_of(make(GetParam(), 20'000).file);
  EXPECT_EQ(bytes.find("Lavf5"), std::string::npos);
  EXPECT_EQ(bytes.find("Lavc5"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Encode, EveryFormat,
                         testing::Values(Format::mp3, Format::wav, Format::flac, Format::opus, Format::vorbis,
                                         Format::aac, Format::m4a),
                         testing::PrintToStringParamName());

TEST(Encode, tells_a_full_disk_from_other_failures) {
  for (const FormatTraits& traits : all_formats()) {
    const File full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    const auto samples = sine(24'000, 5);
    const EncodeJob job{24'000, *plan_output({.format = traits.format}, 24'000)};
    const auto report = encode(job, source_of(samples), full.fd(), [](std::uint64_t) {});
    ASSERT_FALSE(report) << traits.name;
    EXPECT_EQ(report.error().code, ErrorCode::storage_full) << traits.name << ": " << report.error().message;
  }
}

TEST(Encode, answers_invalid_for_what_no_format_can_do) {
  const auto samples = sine(24'000, 0.1);
  for (const EncodeJob& job :
       {EncodeJob{24'000, {Format::mp3, 24'000, 1, 320'000}}, EncodeJob{24'000, {Format::opus, 44'100, 1, 64'000}},
        EncodeJob{0, {Format::wav, 8'000}}, EncodeJob{1, {Format::wav, 8'000, 1, 0}},
        EncodeJob{24'000, {Format::wav, 8'000, 9, 0}}, EncodeJob{24'000, {Format::wav, 1'000'000, 1, 0}}}) {
    const Made made = encode_to_file(job, samples);
    ASSERT_FALSE(made.report);
    EXPECT_EQ(made.report.error().code, ErrorCode::invalid);
    EXPECT_EQ(*made.file.size(), 0);
  }
}

TEST(Encode, takes_the_extremes_of_every_band) {
  const auto samples = sine(24'000, 0.3);
  for (const FormatTraits& traits : all_formats()) {
    for (const BitrateBand& band : traits.bands) {
      for (const int rate : traits.sample_rates) {
        if (band_at(traits, rate) != &band) continue;
        for (const int channels : {1, 2}) {
          const BitrateRange range = bitrates_at(band, channels).range;
          for (const int bitrate : {range.low, range.high}) {
            const Made made = encode_to_file({24'000, {traits.format, rate, channels, bitrate}}, samples);
            ASSERT_TRUE(made.report) << traits.name << ' ' << rate << ' ' << channels << ' ' << bitrate << ": "
                                     << made.report.error().message;
            EXPECT_EQ(decode(made.file).sample_rate, rate);
          }
        }
      }
    }
  }
}

TEST(Encode, keeps_a_click_where_it_was) {
  for (const FormatTraits& traits : all_formats()) {
    if (traits.format == Format::aac) continue;  // ADTS cannot say how long the encoder's delay is
    for (const int rate : {22'050, 24'000, 44'100}) {
      std::vector<float> samples(static_cast<std::size_t>(rate));
      samples[samples.size() / 2] = 0.9F;
      const auto plan = plan_output({.format = traits.format}, 48'000);
      const Decoded decoded = decode(encode_to_file({rate, *plan}, samples).file);
      const auto loudest = std::ranges::max_element(decoded.channel[0], {}, [](float x) { return std::abs(x); });
      const auto at = static_cast<double>(loudest - decoded.channel[0].begin());
      EXPECT_NEAR(at, plan->sample_rate / 2.0, 3) << traits.name << " from " << rate;
    }
  }
}

TEST(Encode, holds_samples_to_full_scale) {
  auto samples = sine(24'000, 0.5, 440, 4.0);
  samples[100] = std::numeric_limits<float>::quiet_NaN();
  samples[200] = std::numeric_limits<float>::infinity();
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const File read_end(ends[0]);
  File write_end(ends[1]);
  std::thread writer([&] {
    // In pieces that end within a sample.
    auto bytes = std::as_bytes(std::span(samples));
    for (std::size_t size = 1; !bytes.empty(); size = size * 3 + 1) {
      const auto piece = bytes.first(std::min(size, bytes.size()));
      ASSERT_TRUE(write_end.write_all(piece));
      bytes = bytes.subspan(piece.size());
    }
    write_end.close();
  });
  const File file = memory_file();
  const auto report =
      encode({24'000, {Format::wav, 24'000, 1, 0}}, PcmReader(read_end.fd()), file.fd(), [](std::uint64_t) {});
  writer.join();
  ASSERT_TRUE(report);
  const Decoded decoded = decode(file);
  ASSERT_EQ(decoded.frames(), samples.size());
  EXPECT_EQ(decoded.channel[0][100], 0);
  EXPECT_NEAR(decoded.channel[0][200], 1, 0.001);
  EXPECT_NEAR(*std::ranges::max_element(decoded.channel[0]), 1, 0.001);
}

TEST(Encode, refuses_input_that_ends_within_a_sample) {
  const File input = memory_file();
  const std::array<std::byte, 5> bytes{};
  ASSERT_TRUE(input.write_all(bytes));
  ::lseek(input.fd(), 0, SEEK_SET);
  const File file = memory_file();
  const auto report =
      encode({24'000, {Format::wav, 24'000, 1, 0}}, PcmReader(input.fd()), file.fd(), [](std::uint64_t) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::internal);
}

TEST(Encode, stops_with_the_error_of_its_source) {
  const File file = memory_file();
  const auto report = encode(
      {24'000, {Format::mp3, 24'000, 1, 64'000}},
      [](std::span<float>) -> Result<std::size_t> { return fail(ErrorCode::cancelled, "stop"); }, file.fd(),
      [](std::uint64_t) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::cancelled);
}

TEST(Encode, says_how_far_it_is) {
  const auto samples = sine(24'000, 2);
  const File file = memory_file();
  std::vector<std::uint64_t> seen;
  ASSERT_TRUE(encode({24'000, {Format::mp3, 24'000, 1, 64'000}}, source_of(samples), file.fd(),
                     [&](std::uint64_t frames) { seen.push_back(frames); }));
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_GT(seen.size(), 5);
  EXPECT_EQ(seen.back(), samples.size());
}

}  // namespace
}  // namespace soundbite::media
