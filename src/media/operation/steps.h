// Operations of a recipe as steps of the pipeline.
#pragma once

#include <span>
#include <vector>

#include "job/recipe.h"
#include "media/playable.h"
#include "media/recipe_file.h"
#include "media/spool_room.h"

namespace soundbite::media {

struct PlannedStep {
  Step step;
  AudioFormat output;
};

// Empty where the operation changes nothing. `files` are those that it names. Not for operations that must hear the
// whole audio before they can begin: loudness, and silence trimmed at both ends. Errors: invalid at "/process/N/…"
// (not_for_this_audio); internal; unavailable. A file that an operation names is opened when the step is made. `room`
// outlives the steps.
Result<std::vector<PlannedStep>> plan_steps(const Operation& operation, std::size_t index, AudioFormat input,
                                            std::span<const RecipeFile> files, SpoolRoom& room);

// How many of the recipe's files the operation names.
std::size_t files_named_by(const Operation& operation);

// Rate and channels.
Step convert_step(AudioFormat from, AudioFormat to, std::size_t index);

}  // namespace soundbite::media
