#include "http/problems.h"

#include "base/id.h"
#include "base/text.h"
#include "job/job_json.h"

namespace soundbite {

namespace {

// Seconds: a queue moves within a few, a disk waits for people.
std::string_view retry_after(const ProblemType& type) { return type.name == "storage-full" ? "60" : "5"; }

// Wrong fields that are a problem of their own, each by itself.
struct SpecialField {
  std::string_view code;
  std::string_view problem;
};
constexpr SpecialField special_fields[] = {
    {"bad_json", "bad-request"},
    {"duplicate_key", "bad-request"},
    {"unsupported_media", "unsupported-media-type"},
    {"file_too_large", "payload-too-large"},
    {"file_in_use", "file-in-use"},
    {"already_uploaded", "already-uploaded"},
    {"bad_signature", "bad-signature"},
    {"slot_expired", "expired"},
    {"upload_expired", "expired"},
    {"upload_locked", "upload-locked"},
    {"offset_mismatch", "offset-mismatch"},
    {"checksum_mismatch", "checksum-mismatch"},
    {"not_analysed", "not-analysed"},
};

const ProblemType* special_problem(const Error& error) {
  if (error.fields.size() != 1) return nullptr;
  for (const auto& [code, problem] : special_fields) {
    if (error.fields[0].code == code) return find_problem_type(problem);
  }
  return nullptr;
}

}  // namespace

Refusal refuse(std::string_view type, std::string detail, std::vector<FieldError> errors) {
  const ProblemType* found = find_problem_type(type);
  if (!found) found = find_problem_type("internal-error");
  return {{found, std::move(detail), std::move(errors)}, {}, {}};
}

Refusal refuse(const Error& error) {
  Refusal refusal{to_problem(error), {}, {}};
  if (const ProblemType* special = special_problem(error)) refusal.problem.type = special;
  if (error.code == ErrorCode::internal || error.code == ErrorCode::corrupt) refusal.cause = error.message;
  return refusal;
}

Response render_refusal(const Refusal& refusal, std::string_view correlation_id, const ProblemContext& context) {
  const Time now = context.clock.now();
  std::string extra = R"(,"instance":"urn:uuid:)" + format_uuid(make_uuid_v7(now, context.random));
  extra += R"(","timestamp":")" + format_rfc3339(now);
  extra += R"(","correlationId":)" + quote_json(correlation_id);

  Response response;
  response.status = refusal.problem.type->status;
  response.content_type = "application/problem+json";
  response.headers = refusal.headers;
  if (response.status == 429 || response.status == 503) {
    response.add_header("Retry-After", retry_after(*refusal.problem.type));
  }
  response.body = render_problem(refusal.problem, context.public_url, extra);
  return response;
}

}  // namespace soundbite
