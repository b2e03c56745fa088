#include "job/job_json.h"

#include <cmath>

#include "base/text.h"
#include "job/json_writer.h"
#include "job/media_task_json.h"

namespace soundbite {

namespace {

void append_errors(std::string& out, const std::vector<FieldError>& errors) {
  out += '[';
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (i > 0) out += ',';
    JsonObject entry(out);
    entry.text("pointer", errors[i].pointer);
    entry.text("code", errors[i].code);
    entry.text("detail", errors[i].detail);
    if (!errors[i].suggestions.empty()) entry.texts("suggestions", errors[i].suggestions);
    entry.close();
  }
  out += ']';
}

void append_output(std::string& out, const Output& output) {
  JsonObject object(out);
  object.text("format", traits_of(output.format).name);
  object.integer("sampleRate", output.sample_rate);
  object.integer("channels", output.channels);
  object.integer("bytes", static_cast<std::int64_t>(output.bytes));
  object.number("durationSeconds", output.duration_s);
  object.text("sha256", output.sha256);
  if (output.verification) object.key("verification") += to_json(*output.verification);
  if (!output.dropped.empty()) object.texts("dropped", output.dropped);
  object.close();
}

void append_source(std::string& out, const Job& job) {
  JsonObject object(out);
  switch (job.source) {
    case SourceType::text:
      object.text("type", "text");
      object.integer("characters", static_cast<std::int64_t>(job.characters));
      break;
    case SourceType::file:
      object.text("type", "file");
      object.text("fileId", job.file.text());
      break;
    case SourceType::url:
      object.text("type", "url");
      object.text("url", job.url);
      break;
  }
  object.close();
}

void append_links(std::string& out, const Job& job) {
  JsonObject links(out);
  const std::string self = "/api/v1/soundbites/" + job.id.text();
  links.text("self", self);
  if (job.status == Status::ready) links.text("audio", self + "/audio");
  if (job.status == Status::ready && job.output && job.output->analysed) {
    links.text("analysis", self + "/analysis");
    links.text("waveform", self + "/waveform");
    links.text("waveformPng", self + "/waveform.png");
    links.text("spectrogramPng", self + "/spectrogram.png");
  }
  links.close();
}

void append_timing(std::string& out, const Job& job) {
  JsonObject object(out);
  object.integer("queuedMs", (*job.started_at - job.created_at).count());
  if (job.settled_at) object.integer("processingMs", (*job.settled_at - *job.started_at).count());
  object.close();
}

void append_job(std::string& out, const Job& job) {
  JsonObject object(out);
  object.text("id", job.id.text());
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
  append_source(object.key("source"), job);
  if (job.source == SourceType::text) object.text("voiceId", job.voice_id);
  JsonObject metadata(object.key("metadata"));
  for (const auto& [name, value] : job.metadata) {
    metadata.client_text(name, value);
  }
  metadata.close();
  if (job.output) append_output(object.key("output"), *job.output);
  if (job.started_at) append_timing(object.key("timing"), job);
  append_links(object.key("links"), job);
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
  JsonObject object(out);
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
