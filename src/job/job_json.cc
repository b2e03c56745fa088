#include "job/job_json.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace soundbite {

namespace {

// Appends members of one JSON object; the comma is its business.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  std::string& key(std::string_view name) {
    comma();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return out_;
  }
  // A member whose name is a client's.
  void client_text(std::string_view name, std::string_view value) {
    comma();
    out_ += quote_json(name) + ':' + quote_json(value);
  }
  void text(std::string_view name, std::string_view value) { key(name) += quote_json(value); }
  void time(std::string_view name, Time value) { key(name) += '"' + format_rfc3339(value) + '"'; }
  void integer(std::string_view name, std::int64_t value) { key(name) += std::to_string(value); }
  // At most six decimals: microseconds of audio are finer than any sample.
  void number(std::string_view name, double value) {
    std::array<char, 32> buffer;
    const double rounded = std::round(value * 1e6) / 1e6;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded).ptr;
    key(name).append(buffer.data(), end);
  }

 private:
  void comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

void append_errors(std::string& out, const std::vector<FieldError>& errors) {
  out += '[';
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (i > 0) out += ',';
    Object entry(out);
    entry.text("pointer", errors[i].pointer);
    entry.text("code", errors[i].code);
    entry.text("detail", errors[i].detail);
    if (!errors[i].suggestions.empty()) {
      entry.key("suggestions") += '[';
      for (std::size_t j = 0; j < errors[i].suggestions.size(); ++j) {
        if (j > 0) out += ',';
        out += quote_json(errors[i].suggestions[j]);
      }
      out += ']';
    }
    entry.close();
  }
  out += ']';
}

void append_output(std::string& out, const Output& output) {
  Object object(out);
  object.text("format", traits_of(output.format).name);
  object.integer("sampleRate", output.sample_rate);
  object.integer("channels", output.channels);
  object.integer("bytes", static_cast<std::int64_t>(output.bytes));
  object.number("durationSeconds", output.duration_s);
  object.text("sha256", output.sha256);
  object.close();
}

void append_timing(std::string& out, const Job& job) {
  Object object(out);
  object.integer("queuedMs", (*job.started_at - job.created_at).count());
  if (job.settled_at) object.integer("processingMs", (*job.settled_at - *job.started_at).count());
  object.close();
}

void append_job(std::string& out, const Job& job) {
  Object object(out);
  const std::string id = job.id.text();
  object.text("id", id);
  object.text("status", name_of(job.status));
  object.number("progress", std::round(job.progress * 1000) / 1000);
  object.integer("attempts", job.attempts);
  object.integer("interruptions", job.interruptions);
  object.time("createdAt", job.created_at);
  object.time("updatedAt", job.updated_at);
  object.time("expiresAt", job.expires_at);
  object.text("environment", job.environment);
  if (!job.user_id.empty()) object.text("userId", job.user_id);
  if (!job.tenant_id.empty()) object.text("tenantId", job.tenant_id);
  object.key("source") += R"({"type":"text","characters":)" + std::to_string(job.characters) + '}';
  object.text("voiceId", job.voice_id);
  Object metadata(object.key("metadata"));
  for (const auto& [name, value] : job.metadata) {
    metadata.client_text(name, value);
  }
  metadata.close();
  if (job.output) append_output(object.key("output"), *job.output);
  if (job.started_at) append_timing(object.key("timing"), job);
  Object links(object.key("links"));
  const std::string self = "/api/v1/soundbites/" + id;
  links.text("self", self);
  if (job.status == Status::ready) links.text("audio", self + "/audio");
  links.close();
  if (job.status == Status::failed && job.error) object.key("error") += render_problem(*job.error, {}, {});
  object.close();
}

}  // namespace

std::string render_job(const Job& job) {
  std::string out;
  out.reserve(768);
  append_job(out, job);
  return out;
}

std::string render_job_list(const std::vector<Job>& jobs, const std::string& next_cursor) {
  std::string out;
  out.reserve(768 * (jobs.size() + 1));
  out += R"({"items":[)";
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (i > 0) out += ',';
    append_job(out, jobs[i]);
  }
  out += R"(],"nextCursor":)";
  out += next_cursor.empty() ? "null" : quote_json(next_cursor);
  return out += '}';
}

std::string render_problem(const Problem& problem, std::string_view public_url, std::string_view extra) {
  std::string out;
  Object object(out);
  object.text("type", std::string(public_url) + "/problems/" + std::string(problem.type->name));
  object.text("title", problem.type->title);
  object.integer("status", problem.type->status);
  if (!problem.detail.empty()) object.text("detail", problem.detail);
  if (!problem.errors.empty()) append_errors(object.key("errors"), problem.errors);
  out += extra;
  object.close();
  return out;
}

}  // namespace soundbite
