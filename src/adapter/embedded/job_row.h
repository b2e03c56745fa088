// A Job as a row of the table, and what is kept beside it as JSON.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/embedded/sqlite.h"
#include "base/error.h"
#include "job/job.h"

namespace soundbite::embedded {

// What a row keeps as JSON. Must outlive the query it is bound to.
struct JobTexts {
  explicit JobTexts(const Job& job);
  std::optional<std::string> metadata;
  std::optional<std::string> error;
  std::optional<std::string> output_extras;
};

void bind_for_insert(Query& query, const Job& job, const JobTexts& texts);
void bind_for_update(Query& query, const Job& job, const JobTexts& texts);

// The row that `query` stands on. Errors: corrupt.
Result<Job> read_job(const Query& query);

Result<UuidBytes> read_uuid(const Query& query, int column);

// The id in `column`. Errors: corrupt.
template <class Id>
Result<Id> read_id(const Query& query, int column) {
  const auto bytes = read_uuid(query, column);
  if (!bytes) return std::unexpected(bytes.error());
  return Id{*bytes};
}

using Headers = std::vector<std::pair<std::string, std::string>>;
std::string to_stored_json(const Headers& headers);
Result<Headers> parse_stored_headers(std::string_view stored);

}  // namespace soundbite::embedded
