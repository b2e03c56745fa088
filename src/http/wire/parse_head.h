// Parses a header block that HeadCheck let through. The only user of Boost.Beast.
#pragma once

#include <string_view>

#include "http/message.h"
#include "http/wire/head_check.h"

namespace soundbite {

// Fills `request`, whose views point into `head`: it must stay in place as long. Returns why not, or null.
const HeadRefusal* parse_head(std::string_view head, Request& request);

}  // namespace soundbite
