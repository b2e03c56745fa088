// Opening the database file: ours, of a version we know, with the tables in place.
#pragma once

#include <memory>
#include <string>

#include "adapter/embedded/sqlite.h"
#include "base/error.h"

namespace soundbite::embedded {

// The writing connection, in WAL mode; the file is made or migrated where needed.
// Errors: corrupt (not ours, or from a newer version; the message names the file and the fix), unavailable,
// storage_full.
Result<std::unique_ptr<Connection>> open_for_writing(const std::string& path);

}  // namespace soundbite::embedded
