#include "media/verify.h"

#include <cmath>
#include <utility>

#include "media/numbers.h"
#include "media/recording.h"

namespace soundbite::media {
namespace {

constexpr double loudness_tolerance = 0.5;  // LU
constexpr double peak_tolerance = 0.1;      // dB
constexpr double dual_mono_gain = 3.0103;   // dB

// What we made ourselves is bounded by what it was made from.
MediaLimits limits_of_finished() {
  return {.min_seconds = 0,
          .max_seconds = 1e9,
          .min_rate = 1,
          .max_streams = 64,
          .max_tag_bytes = 64 << 20,
          .max_art_bytes = 64 << 20};
}

// Samples per channel.
struct Slack {
  double priming;  // what a decoder plays in front, there being no place to say that it must not
  double frame;
};

Slack slack_of(Format format) {
  switch (format) {
    case Format::wav:
    case Format::flac: return {0, 0};
    case Format::mp3: return {0, 1'152};
    case Format::opus: return {0, 960};
    case Format::vorbis:
    case Format::m4a: return {0, 1'024};
    case Format::aac: return {1'024, 1'024};
  }
  std::unreachable();
}

Error broken(Error error) {
  if (error.code != ErrorCode::invalid) return error;
  return {ErrorCode::internal, "the finished audio cannot be decoded: " + error.message, {}};
}

void say(std::string& reason, std::string why) {
  if (!reason.empty()) reason += "; ";
  reason += why;
}

}  // namespace

Result<Achieved> measure_finished(int fd, bool analyse, bool dual_mono, Progress& progress) {
  auto recording = Recording::open(fd, {}, limits_of_finished(), FirstLook::decodes);
  if (!recording) return std::unexpected(broken(std::move(recording.error())));
  const AudioFormat format = recording->format();
  Achieved achieved;
  std::optional<LoudnessMeter> meter;
  if (analyse) {
    achieved.analyzer = std::make_unique<Analyzer>(format);
  } else {
    meter.emplace(format, LoudnessOptions{.dual_mono = dual_mono});
  }
  const BlockSink measure = [&](const AudioBlock& block) -> Result<void> {
    analyse ? achieved.analyzer->push(block) : meter->push(block);
    return {};
  };
  for (;;) {
    auto more = recording->next(measure);
    if (!more) return std::unexpected(broken(std::move(more.error())));
    if (!*more) break;
    progress.report(recording->done());
  }
  if (analyse) achieved.analysis = achieved.analyzer->finish(recording->facts());
  const LoudnessResult loudness = analyse ? achieved.analyzer->loudness() : meter->result();
  achieved.seconds = recording->facts().decoded_s;
  if (loudness.silent) return achieved;
  achieved.lufs = loudness.integrated;
  achieved.true_peak = loudness.true_peak;
  if (analyse && dual_mono && format.channels == 1 && achieved.lufs) *achieved.lufs += dual_mono_gain;
  return achieved;
}

Verification verify(const Request& request, const Achieved& achieved, const OutputPlan& plan, std::uint64_t frames) {
  const double rate = plan.sample_rate;
  Verification verification{.requested_lufs = request.lufs,
                            .requested_true_peak = request.true_peak,
                            .achieved_lufs = achieved.lufs,
                            .achieved_true_peak = achieved.true_peak,
                            .predicted_s = static_cast<double>(frames) / rate,
                            .achieved_s = achieved.seconds,
                            .pass = true,
                            .reason = request.reason};
  const Slack slack = slack_of(plan.format);
  const double longer = achieved.seconds * rate - static_cast<double>(frames) - slack.priming;
  if (std::abs(longer) > slack.frame + 0.5) {
    verification.pass = false;
    say(verification.reason, "the finished file lasts " + shortest(achieved.seconds) + " seconds and not " +
                                 shortest(verification.predicted_s));
  }
  if (request.lufs && achieved.lufs && request.reason.empty()) {
    const double missed = *achieved.lufs - *request.lufs;
    const bool expected =
        request.expected_lufs && std::abs(*achieved.lufs - *request.expected_lufs) <= loudness_tolerance;
    if (std::abs(missed) > loudness_tolerance) {
      verification.pass = verification.pass && expected;
      say(verification.reason, expected
                                   ? "operations behind loudness changed it to " + one_decimal(*achieved.lufs) + " LUFS"
                                   : "encoding changed the loudness by " + one_decimal(missed) + " LU");
    }
  }
  if (request.true_peak && achieved.true_peak && *achieved.true_peak > *request.true_peak + peak_tolerance) {
    verification.pass = false;
    say(verification.reason, "encoding raised the true peak to " + one_decimal(*achieved.true_peak) + " dBTP");
  }
  return verification;
}

}  // namespace soundbite::media
