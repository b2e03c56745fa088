#include "job/job.h"

#include <array>

namespace soundbite {

namespace {

constexpr std::array<std::string_view, 5> status_names = {"pending", "processing", "ready", "failed", "cancelled"};

}  // namespace

std::string_view name_of(Status status) { return status_names[static_cast<std::size_t>(status)]; }

std::optional<Status> parse_status(std::string_view name) {
  for (std::size_t i = 0; i < status_names.size(); ++i) {
    if (status_names[i] == name) return static_cast<Status>(i);
  }
  return std::nullopt;
}

}  // namespace soundbite
