// Whether a text is JSON, without building it: a hostile text costs no more memory than its own bytes.
#pragma once

#include <string_view>

namespace soundbite {

// True for one JSON object in UTF-8, nested at most json_max_depth, all numbers finite, nothing behind it.
bool is_json_object(std::string_view text);

}  // namespace soundbite
