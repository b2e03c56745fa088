// Operations written as flags: `--trim 1:9.5 --loudness -16`, applied in the order they are written.
#pragma once

#include <string>
#include <vector>

#include "app/config/arguments.h"
#include "base/error.h"
#include "job/recipe.h"

namespace soundbite {

struct LocalRecipe {
  Recipe recipe;
  std::vector<std::string> paths;    // of its files, as files_of() lists them
  std::vector<std::string> origins;  // of its operations: "--trim", "recipe.json operation 2"
};

// --trim, --silence, …, --recipe: what read_recipe_flags reads.
std::vector<Option> recipe_options();

// Errors: invalid, one line that names the flag and the fix; unavailable when the recipe file cannot be read.
Result<LocalRecipe> read_recipe_flags(const Arguments& arguments);

}  // namespace soundbite
