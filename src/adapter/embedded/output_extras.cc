#include "adapter/embedded/output_extras.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "job/media_task_json.h"

namespace soundbite::embedded {

namespace json = boost::json;

namespace {

std::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::corrupt, "the database: an output with wrong " + std::string(what));
}

Result<void> read_verification(const json::value& stored, Output& output) {
  auto verification = parse_verification(json::serialize(stored));
  if (!verification) return damaged("verification");
  output.verification = std::move(*verification);
  return {};
}

Result<void> read_dropped(const json::value& stored, Output& output) {
  if (!stored.is_array()) return damaged("list of what was dropped");
  for (const auto& name : stored.get_array()) {
    if (!name.is_string()) return damaged("list of what was dropped");
    output.dropped.emplace_back(name.get_string());
  }
  return {};
}

}  // namespace

std::optional<std::string> to_output_extras(const Output& output) {
  json::object extras;
  if (output.verification) extras["verification"] = json::parse(to_json(*output.verification));
  if (!output.dropped.empty()) extras["dropped"] = json::value_from(output.dropped);
  if (output.analysed) extras["analysed"] = true;
  if (extras.empty()) return std::nullopt;
  return json::serialize(extras);
}

Result<void> parse_output_extras(std::string_view stored, Output& output) {
  boost::system::error_code failed;
  const auto value = json::parse(stored, failed);
  if (failed || !value.is_object()) return damaged("extras");
  const auto& extras = value.get_object();
  output.analysed = extras.contains("analysed");
  Result<void> read;
  if (const auto* verification = extras.if_contains("verification")) read = read_verification(*verification, output);
  if (const auto* dropped = extras.if_contains("dropped"); read && dropped != nullptr) {
    read = read_dropped(*dropped, output);
  }
  return read;
}

}  // namespace soundbite::embedded
