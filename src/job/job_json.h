// The Soundbite as clients see it.
#pragma once

#include <string>
#include <vector>

#include "job/job.h"

namespace soundbite {

// One record. The links are relative references (RFC 3986), so no Host header is trusted.
std::string render_job(const Job& job);

// {"items": […], "nextCursor": "…" | null}
std::string render_job_list(const std::vector<Job>& jobs, const std::string& next_cursor);

// Members that every problem has: type, title, status, detail, and errors when there are any. `extra` is put behind
// them verbatim
// (",\"instance\":…") or empty.
std::string render_problem(const Problem& problem, std::string_view public_url, std::string_view extra);

}  // namespace soundbite
