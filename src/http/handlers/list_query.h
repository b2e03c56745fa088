// Query parameters that every list has, and what is said when some are wrong.
#pragma once

#include <optional>
#include <vector>

#include "base/id.h"
#include "http/message.h"
#include "http/wire/target.h"

namespace soundbite::handlers {

Refusal wrong_query(std::vector<FieldError> errors);

// 1 to 100; 20 when it was not sent.
std::size_t read_limit(QueryReader& query);
std::optional<UuidBytes> read_cursor(QueryReader& query);

}  // namespace soundbite::handlers
