#include "media/operation/steps.h"

#include <cmath>
#include <string>
#include <utility>

#include "media/decibel.h"
#include "media/numbers.h"
#include "media/operation/concat.h"
#include "media/operation/fade.h"
#include "media/operation/filter_graph.h"
#include "media/operation/gain.h"
#include "media/operation/mix.h"
#include "media/operation/silence.h"
#include "media/operation/trim.h"
#include "media/refusal.h"
#include "media/resampler.h"

namespace soundbite::media {
namespace {

using Made = Result<std::unique_ptr<Processor>>;

template <class P>
Made owned(Result<P> processor) {
  if (!processor) return std::unexpected(std::move(processor.error()));
  return std::make_unique<P>(std::move(*processor));
}

// One visitor for every operation: each answers with how to make its processor.
class Planner {
 public:
  Planner(std::size_t index, AudioFormat input, std::span<const RecipeFile> files, SpoolRoom& room)
      : index_(index), input_(input), files_(files.begin(), files.end()), room_(room) {}

  using Plan = Result<std::vector<PlannedStep>>;

  Plan operator()(const operation::Trim& trim) const {
    const std::uint64_t first = frames_of(trim.start_s, input_.sample_rate);
    const std::uint64_t last = trim.end_s ? frames_of(*trim.end_s, input_.sample_rate) : UINT64_MAX;
    return one([input = input_, first, last]() -> Made { return std::make_unique<Trim>(input, first, last); });
  }
  Plan operator()(const operation::Silence& silence) const {
    return one([input = input_, silence, &room = room_]() -> Made {
      return std::make_unique<SilenceRemover>(input, silence, room);
    });
  }
  Plan operator()(const operation::Gain& gain) const {
    if (gain.db == 0) return none();
    return one([input = input_, gain]() -> Made { return std::make_unique<Gain>(input, from_db(gain.db)); });
  }
  Plan operator()(const operation::Loudness&) const { return fail(ErrorCode::internal, "loudness is no single step"); }
  Plan operator()(const operation::Fade& fade) const {
    return one([input = input_, fade, &room = room_]() -> Made { return std::make_unique<Fade>(input, fade, room); });
  }
  Plan operator()(const operation::Tempo& tempo) const {
    if (tempo.factor == 1) return none();
    return filter("rubberband=channels=together:tempo=" + shortest(tempo.factor), {.stretch = 1 / tempo.factor});
  }
  Plan operator()(const operation::Pitch& pitch) const {
    if (pitch.semitones == 0) return none();
    const double factor = std::exp2(pitch.semitones / 12);
    return filter("rubberband=channels=together:pitchq=quality:pitch=" + shortest(factor), {});
  }
  Plan operator()(const operation::Denoise& denoise) const {
    // The filter works in windows of three of its steps, of which there are 80 a second, and answers two steps late.
    const auto latency = 2 * static_cast<std::uint64_t>(input_.sample_rate / 80);
    return filter("afftdn=track_noise=1:noise_reduction=" + shortest(denoise.reduction_db), {.latency = latency});
  }
  Plan operator()(const operation::Highpass& highpass) const {
    if (2 * highpass.hz >= input_.sample_rate) {
      return refuse("/process/" + std::to_string(index_) + "/hz", "not_for_this_audio",
                    "audio of " + std::to_string(input_.sample_rate) + " samples a second has nothing above " +
                        std::to_string(input_.sample_rate / 2) + " Hz; choose a lower frequency");
    }
    return filter("highpass=frequency=" + shortest(highpass.hz), {});
  }
  Plan operator()(const operation::Lowpass& lowpass) const {
    if (2 * lowpass.hz >= input_.sample_rate) return none();  // there is nothing above it
    return filter("lowpass=frequency=" + shortest(lowpass.hz), {});
  }
  Plan operator()(const operation::Concat& concat) const {
    return one([input = input_, files = files_, seconds = concat.crossfade_s, &room = room_]() -> Made {
      return std::make_unique<Concat>(input, files, seconds, room);
    });
  }
  Plan operator()(const operation::Mix& mix) const {
    return one([input = input_, bed = files_.at(0), mix]() -> Made { return owned(Mix::open(input, bed, mix)); });
  }
  Plan operator()(const operation::Channels& channels) const {
    const AudioFormat to{input_.sample_rate, channels.count};
    if (to == input_) return none();
    return std::vector{PlannedStep{convert_step(input_, to, index_), to}};
  }

 private:
  static Plan none() { return std::vector<PlannedStep>{}; }
  Plan one(std::function<Made()> make) const { return std::vector{PlannedStep{{std::move(make), index_}, input_}}; }
  Plan filter(std::string description, FilterTiming timing) const {
    return one([input = input_, description = std::move(description), timing]() -> Made {
      return owned(FilterGraph::open(input, description, timing));
    });
  }

  std::size_t index_;
  AudioFormat input_;
  std::vector<RecipeFile> files_;
  SpoolRoom& room_;
};

}  // namespace

Result<std::vector<PlannedStep>> plan_steps(const Operation& operation, std::size_t index, AudioFormat input,
                                            std::span<const RecipeFile> files, SpoolRoom& room) {
  return std::visit(Planner(index, input, files, room), operation);
}

std::size_t files_named_by(const Operation& operation) {
  if (const auto* concat = std::get_if<operation::Concat>(&operation)) return concat->files.size();
  return std::holds_alternative<operation::Mix>(operation) ? 1 : 0;
}

Step convert_step(AudioFormat from, AudioFormat to, std::size_t index) {
  return {[from, to]() -> Made { return owned(Resampler::open(from, to)); }, index};
}

}  // namespace soundbite::media
