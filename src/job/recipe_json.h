// A recipe to and from JSON: [{"op": "trim", "start": 1.0, "end": 9.5}, …].
#pragma once

#include <boost/json/value.hpp>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "job/recipe.h"

namespace soundbite {

// Adds every wrong field to `errors`, with pointers below `pointer` ("/process" gives "/process/2/target"); what is
// wrong stays at its default.
Recipe read_recipe(const boost::json::value& value, std::string_view pointer, std::vector<FieldError>& errors);

// A whole document, as of `soundbite process --recipe FILE.json`. Errors: invalid, with every wrong field.
Result<Recipe> parse_recipe(std::string_view text);

// All fields, also those at their default; read_recipe gives the same recipe back.
boost::json::value to_json(const Recipe& recipe);

}  // namespace soundbite
