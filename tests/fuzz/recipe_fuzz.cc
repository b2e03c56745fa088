// Whatever the text, a recipe is read or at least one wrong field is named; what was read comes back the same from what
// is written of it, as a value and as text.
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "job/recipe_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto recipe = soundbite::parse_recipe({reinterpret_cast<const char*>(data), size});
  if (!recipe) {
    if (recipe.error().code != soundbite::ErrorCode::invalid || recipe.error().fields.empty()) std::abort();
    return 0;
  }
  const auto written = soundbite::to_json(*recipe);
  std::vector<soundbite::FieldError> errors;
  if (soundbite::read_recipe(written, "", errors) != *recipe || !errors.empty()) std::abort();
  if (soundbite::parse_recipe(boost::json::serialize(written)) != recipe) std::abort();
  if (soundbite::files_of(*recipe).size() != soundbite::pointers_of_files(*recipe).size()) std::abort();
  return 0;
}
