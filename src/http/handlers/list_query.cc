#include "http/handlers/list_query.h"

#include <charconv>

#include "http/handlers/cursor.h"
#include "http/problems.h"

namespace soundbite::handlers {

namespace {

constexpr std::size_t max_list_limit = 100;
constexpr std::size_t default_list_limit = 20;

}  // namespace

Refusal wrong_query(std::vector<FieldError> errors) {
  const std::size_t count = errors.size();
  return refuse("validation-failed",
                count == 1 ? "1 query parameter is wrong" : std::to_string(count) + " query parameters are wrong",
                std::move(errors));
}

std::size_t read_limit(QueryReader& query) {
  const auto text = query.take("limit");
  if (!text) return default_list_limit;
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size() || limit < 1 || limit > max_list_limit) {
    query.wrong("limit", "out_of_range", "a whole number from 1 to 100");
  }
  return limit;
}

std::optional<UuidBytes> read_cursor(QueryReader& query) {
  const auto text = query.take("cursor");
  if (!text) return std::nullopt;
  const auto id = parse_cursor(*text);
  if (!id) query.wrong("cursor", "bad_cursor", "the nextCursor of an earlier answer, unchanged");
  return id;
}

}  // namespace soundbite::handlers
