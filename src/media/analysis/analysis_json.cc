#include <boost/json/object.hpp>
#include <cmath>

#include "job/json_writer.h"
#include "job/recipe_json.h"
#include "media/analysis/findings.h"

namespace soundbite::media {

namespace {

// Hundredths of what is in decibels, thousandths of what is in seconds: more would be noise in the document.
double rounded(double value, double parts) { return std::round(value * parts) / parts; }

void decibels(JsonObject& object, std::string_view name, const std::optional<double>& value) {
  object.number(name, value ? rounded(*value, 100) : NAN);
}

void seconds(JsonObject& object, std::string_view name, double value) { object.number(name, rounded(value, 1'000)); }

// An array whose items are written by `write(out, item)`.
template <class Items, class Write>
void array(JsonObject& object, std::string_view name, const Items& items, Write write) {
  std::string& out = object.key(name);
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    write(out, item);
  }
  out += ']';
}

void write_number(std::string& out, double value) {
  // JsonObject knows how a number is written; a member's name is no part of it.
  std::string member;
  JsonObject(member).number("", value);
  out += member.substr(4);
}

void write_source(JsonObject& document, const SourceFacts& source) {
  document.text("container", source.container);
  document.text("codec", source.codec);
  document.integer("sampleRate", source.format.sample_rate);
  document.integer("channels", source.format.channels);
  document.number("bitDepth", source.bit_depth > 0 ? source.bit_depth : NAN);
  document.number("bitrate", source.bitrate > 0 ? static_cast<double>(source.bitrate) : NAN);
  JsonObject duration(document.key("duration"));
  seconds(duration, "declared", source.declared_s.value_or(NAN));
  seconds(duration, "decoded", source.decoded_s);
  duration.close();
  JsonObject integrity(document.key("integrity"));
  integrity.boolean("truncated", source.truncated);
  integrity.boolean("concatenated", source.concatenated);
  integrity.boolean("renamed", source.renamed);
  integrity.boolean("encoderDelayUnknown", source.encoder_delay_unknown);
  integrity.integer("decodeErrors", static_cast<std::int64_t>(source.decode_errors));
  integrity.integer("invalidSamples", static_cast<std::int64_t>(source.invalid_samples));
  integrity.close();
  JsonObject tags(document.key("tags"));
  for (const auto& [name, value] : source.tags) tags.client_text(name, value);
  tags.close();
  document.boolean("coverArt", source.cover_art);
}

void write_loudness(JsonObject& document, const LoudnessResult& loudness) {
  const auto write_level = [](std::string& out, double level) { write_number(out, rounded(level, 10)); };
  document.boolean("silent", loudness.silent);
  JsonObject object(document.key("loudness"));
  object.text("measurement", loudness.silent ? "silent" : loudness.too_short ? "too_short" : "gated");
  decibels(object, "integrated", loudness.integrated);
  decibels(object, "range", loudness.range);
  decibels(object, "truePeak", loudness.true_peak);
  decibels(object, "maxMomentary", loudness.max_momentary);
  decibels(object, "maxShortTerm", loudness.max_short_term);
  JsonObject series(object.key("series"));
  series.number("interval", loudness.interval_s);
  array(series, "momentary", loudness.momentary, write_level);
  array(series, "shortTerm", loudness.short_term, write_level);
  series.close();
  object.close();
  decibels(document, "samplePeak", loudness.sample_peak);
}

void write_flaws(JsonObject& document, const Findings& findings) {
  JsonObject clipping(document.key("clipping"));
  clipping.integer("samples", static_cast<std::int64_t>(findings.clipped_samples));
  clipping.integer("count", static_cast<std::int64_t>(findings.clipped_runs));
  array(clipping, "runs", findings.clipped, [](std::string& out, const ClippedRun& run) {
    JsonObject object(out);
    object.number("start", run.start_s);  // a run is far shorter than a millisecond
    object.number("end", run.end_s);
    object.integer("channel", run.channel);
    object.close();
  });
  clipping.close();
  array(document, "dcOffset", findings.dc_offset,
        [](std::string& out, double offset) { write_number(out, rounded(offset, 100'000)); });
  array(document, "silences", findings.silences, [](std::string& out, const Stretch& silence) {
    JsonObject object(out);
    seconds(object, "start", silence.start_s);
    seconds(object, "end", silence.end_s);
    object.close();
  });
}

void write_levels(JsonObject& document, const Findings& findings) {
  const Levels& levels = findings.levels;
  std::optional<double> snr;
  if (levels.noise_floor && levels.speech_level) snr = *levels.speech_level - *levels.noise_floor;
  std::optional<double> crest;
  if (levels.rms && findings.loudness.sample_peak) crest = *findings.loudness.sample_peak - *levels.rms;
  decibels(document, "noiseFloor", levels.noise_floor);
  decibels(document, "speechLevel", levels.speech_level);
  decibels(document, "snr", snr);
  decibels(document, "crestFactor", crest);
}

void write_spectrum(JsonObject& document, const SpectrumFacts& spectrum) {
  JsonObject object(document.key("spectrum"));
  array(object, "bands", spectrum.bands, [](std::string& out, const OctaveBand& band) {
    JsonObject member(out);
    member.number("hz", band.hz);
    decibels(member, "level", band.level);
    member.close();
  });
  decibels(object, "slope", spectrum.slope);
  if (spectrum.balance) {
    object.text("balance", *spectrum.balance);
  } else {
    object.number("balance", NAN);
  }
  object.number("bandwidth", spectrum.bandwidth_hz ? std::round(*spectrum.bandwidth_hz) : NAN);
  object.close();
}

void write_stereo(JsonObject& document, const std::optional<StereoFacts>& stereo) {
  if (!stereo) {
    document.number("stereo", NAN);
    return;
  }
  JsonObject object(document.key("stereo"));
  object.number("correlation", rounded(stereo->correlation, 1'000));
  object.boolean("monoInTwoChannels", stereo->mono_in_two_channels);
  object.boolean("outOfPhase", stereo->out_of_phase);
  object.close();
}

// As a request has it, so that it can be sent as it is.
void write_operation(JsonObject& insight, const Operation& operation) {
  const boost::json::value recipe = to_json(Recipe{operation});
  JsonObject object(insight.key("operation"));
  for (const auto& [name, value] : recipe.as_array().at(0).as_object()) {
    if (value.is_string()) {
      object.text(name, value.get_string());
    } else if (value.is_bool()) {
      object.boolean(name, value.get_bool());
    } else {
      object.number(name, value.to_number<double>());
    }
  }
  object.close();
}

void write_insight(std::string& out, const Insight& insight) {
  JsonObject object(out);
  object.text("code", insight.code);
  seconds(object, "at", insight.at_s.value_or(NAN));
  object.text("text", insight.text);
  if (insight.operation) {
    write_operation(object, *insight.operation);
  } else {
    object.number("operation", NAN);
  }
  object.close();
}

}  // namespace

std::string analysis_json(const Findings& findings) {
  std::string out;
  JsonObject document(out);
  write_source(document, findings.source);
  write_loudness(document, findings.loudness);
  write_flaws(document, findings);
  write_levels(document, findings);
  write_spectrum(document, findings.spectrum);
  write_stereo(document, findings.stereo);
  if (findings.fingerprint) {
    document.text("fingerprint", *findings.fingerprint);
  } else {
    document.number("fingerprint", NAN);
  }
  array(document, "insights", insights_of(findings), write_insight);
  document.close();
  return out;
}

}  // namespace soundbite::media
