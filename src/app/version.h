// Which release this is.
#pragma once

#include <string_view>

namespace soundbite {

std::string_view version();  // "0.1.0"

}  // namespace soundbite
