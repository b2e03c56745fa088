#include "http/handlers/path_id.h"

#include "http/problems.h"

namespace soundbite::handlers {

Refusal no_such(std::string_view what) { return refuse("not-found", "there is no such " + std::string(what)); }

bool is_canonical_id(std::string_view text) { return parse_uuid(text) && text.find_first_of("ABCDEF") == text.npos; }

}  // namespace soundbite::handlers
