// Upload and job in one: a form with the parts `request` and `file`, in either order.
#include <boost/json/serialize.hpp>

#include "base/strict_json.h"
#include "http/handlers/digested_body.h"
#include "http/handlers/file_part.h"
#include "http/handlers/handlers.h"
#include "http/handlers/made.h"
#include "http/problems.h"
#include "job/spec_json.h"

namespace soundbite::handlers {

namespace json = boost::json;

namespace {

// The part `request`, checked as if the file were stored already. Errors: invalid, with every wrong field.
Result<JobSpec> parse_request_part(std::string_view text, const SpecLimits& limits) {
  auto document = parse_strict_json(text);
  if (!document) return std::unexpected(document.error());
  if (!document->is_object()) return parse_job_spec(text, limits);  // which says so
  json::object& object = document->get_object();
  std::vector<FieldError> errors;
  for (const std::string_view source : {"text", "ssml", "fileId", "url"}) {
    if (object.erase(source) == 0) continue;
    errors.push_back(
        {'/' + std::string(source), "second_source", "the part file is the source: leave this field out", {}});
  }
  object["fileId"] = FileId{}.text();
  auto spec = parse_job_spec(json::serialize(*document), limits);
  if (!spec) errors.insert(errors.end(), spec.error().fields.begin(), spec.error().fields.end());
  if (errors.empty()) return spec;
  const std::size_t count = errors.size();
  return std::unexpected(Error{ErrorCode::invalid,
                               count == 1 ? "1 field is wrong" : std::to_string(count) + " fields are wrong",
                               std::move(errors)});
}

struct Form {
  std::optional<JobSpec> spec;
  ArrivedFile file;
};

awaitable<std::expected<Form, Refusal>> receive_form(Files& files, BodyStream& body, const HttpOptions& options,
                                                     const Request& request) {
  auto parts = FormBody::of(request, body);
  if (!parts) co_return std::unexpected(std::move(parts.error()));
  Form form;
  while (true) {
    const auto part = co_await parts->next_part();
    if (!part) co_return std::unexpected(part.error());
    if (!*part) break;
    const std::string name = (*part)->name;
    if (name == "request" && !form.spec) {
      const auto text = co_await parts->read_text(options.max_body_bytes);
      if (!text) co_return std::unexpected(text.error());
      auto spec = parse_request_part(*text, options.limits);
      if (!spec) co_return std::unexpected(refuse(spec.error()));
      form.spec = std::move(*spec);
    } else if (name == "file" && !form.file.intake) {
      auto arrived = co_await receive_part(files, *parts, **part, request);
      if (!arrived) co_return std::unexpected(std::move(arrived.error()));
      form.file = std::move(*arrived);
    } else {
      co_return std::unexpected(unexpected_part(name, name == "request" || name == "file", {"request", "file"}));
    }
  }
  std::vector<FieldError> missing;
  if (!form.spec) missing.push_back(missing_part("request", "send the JSON of the soundbite as this part"));
  if (!form.file.intake) missing.push_back(missing_part("file", "send the recording as this part"));
  if (!missing.empty()) co_return std::unexpected(wrong_parts(std::move(missing)));
  co_return form;
}

}  // namespace

awaitable<Answer> submit_form(Soundbites& soundbites, Files& files, const HttpOptions& options,
                              const Request& request) {
  auto body = DigestedBody::of(request);
  if (!body) co_return std::unexpected(std::move(body.error()));
  auto form = co_await receive_form(files, *body, options, request);
  if (!form) co_return std::unexpected(std::move(form.error()));
  const auto file = co_await files.keep(*form->file.intake, {.name = form->file.name}, request.owner, request.deadline);
  if (!file) co_return std::unexpected(refuse(file.error()));
  form->spec->file = file->id;
  auto stored = co_await soundbites.submit(std::move(*form->spec), request.owner, request.deadline);
  if (!stored) {
    // Without the job nobody knows of the file.
    (void)co_await files.remove(file->id, request.owner, request.deadline);
    co_return std::unexpected(refuse(stored.error()));
  }
  co_return stored_response(std::move(*stored));
}

}  // namespace soundbite::handlers
