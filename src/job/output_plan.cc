#include "job/output_plan.h"

#include "job/spec_check.h"

namespace soundbite {
namespace {

bool takes(const FormatTraits& traits, int sample_rate, int channels, int bitrate) {
  const BitrateBand* band = band_at(traits, sample_rate);
  return band && bitrates_at(*band, channels).allows(bitrate);
}

int choose_rate(const FormatTraits& traits, const OutputSpec& spec, int channels, int source_rate) {
  const int nearest = nearest_sample_rate(traits, source_rate);
  if (!spec.bitrate || takes(traits, nearest, channels, *spec.bitrate)) return nearest;
  int below = 0;
  for (const int rate : traits.sample_rates) {
    if (!takes(traits, rate, channels, *spec.bitrate)) continue;
    if (rate > nearest) return rate;
    below = rate;
  }
  return below;
}

}  // namespace

Result<OutputPlan> plan_output(const OutputSpec& spec, int source_rate, int source_channels) {
  if (source_rate < min_source_rate || source_rate > max_source_rate) {
    return fail(ErrorCode::internal, "no source has " + std::to_string(source_rate) + " samples a second");
  }
  if (source_channels < 1 || source_channels > max_source_channels) {
    return fail(ErrorCode::internal, "no source has " + std::to_string(source_channels) + " channels");
  }
  const FormatTraits& traits = traits_of(spec.format);
  const int kept_channels = source_channels <= traits.max_channels ? source_channels : max_asked_channels;
  std::vector<FieldError> errors;
  check_output(spec, errors, kept_channels);
  if (!errors.empty()) {
    return std::unexpected(Error{ErrorCode::invalid, "the output cannot be made as asked", std::move(errors)});
  }
  OutputPlan plan{.format = spec.format, .channels = spec.channels.value_or(kept_channels)};
  plan.sample_rate = spec.sample_rate ? *spec.sample_rate : choose_rate(traits, spec, plan.channels, source_rate);
  if (const BitrateBand* band = band_at(traits, plan.sample_rate)) {
    plan.bitrate = spec.bitrate.value_or(plan.channels == 1 ? band->default_mono : band->default_stereo);
  }
  return plan;
}

bool is_possible(const OutputPlan& plan) {
  const FormatTraits& traits = traits_of(plan.format);
  if (plan.channels < 1 || plan.channels > traits.max_channels || !allows_rate(traits, plan.sample_rate)) return false;
  const BitrateBand* band = band_at(traits, plan.sample_rate);
  return band ? bitrates_at(*band, plan.channels).allows(plan.bitrate) : plan.bitrate == 0;
}

}  // namespace soundbite
