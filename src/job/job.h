// The record of a job: small, read often. What was asked in full is its JobSpec. Pure data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "job/job_spec.h"
#include "job/media_task.h"
#include "job/problem.h"

namespace soundbite {

enum class Status : std::uint8_t { pending, processing, ready, failed, cancelled };

std::string_view name_of(Status status);
std::optional<Status> parse_status(std::string_view name);
inline bool settled(Status status) { return status >= Status::ready; }

// Who works on the job, and until when nobody else may.
struct Lease {
  std::string owner;
  Time until;
  bool operator==(const Lease&) const = default;
};

// The finished audio.
struct Output {
  Format format = Format::mp3;
  int sample_rate = 0;  // Hz
  int channels = 0;
  std::uint64_t bytes = 0;
  double duration_s = 0;
  std::string sha256;    // 64 hex digits
  std::string blob_key;  // where the bytes are; never shown
  std::optional<Verification> verification = {};
  std::vector<std::string> dropped = {};  // what the source had and this container cannot hold
  bool analysed = false;                  // the artefacts below lie beside the bytes
  bool operator==(const Output&) const = default;
};

// What is made beside the audio, under keys of the same attempt.
enum class Artefact : std::uint8_t { analysis, waveform, waveform_png, spectrogram_png };

// "jobs/{id}/{attempt}/analysis.json", from the key of the audio.
std::string artefact_key(const Output& output, Artefact artefact);

// Every blob of a finished job.
std::vector<std::string> blob_keys_of(const Output& output);

struct Job {
  JobId id;
  std::string environment;
  std::string user_id;    // empty without authentication
  std::string tenant_id;  // empty without authentication
  Status status = Status::pending;
  double progress = 0;       // 0–1
  int attempts = 0;          // failures that a worker reported
  int interruptions = 0;     // leases that ran out or were given back by a crash
  std::int64_t attempt = 0;  // raised by every claim: the fence
  std::int64_t version = 0;  // raised by every change
  Time created_at{};
  Time updated_at{};
  Time expires_at{};
  Time due_at{};                   // when pending: not before
  std::optional<Time> started_at;  // of the last attempt
  std::optional<Time> settled_at;
  std::optional<Lease> lease;  // when processing
  bool dead_lettered = false;  // failed for good after retries

  SourceType source = SourceType::text;
  std::size_t characters = 0;  // of the source text
  FileId file;                 // with source file
  std::string url;             // with source url: without query and user, as it is shown
  std::string voice_id;
  std::map<std::string, std::string> metadata;

  std::optional<Output> output;  // when ready
  std::optional<Problem> error;  // when failed; or of the last attempt, when pending again
  bool operator==(const Job&) const = default;
};

// A stored or replayed HTTP answer.
struct StoredResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool operator==(const StoredResponse&) const = default;
};

// What makes a retried request the same request.
struct IdempotencyRecord {
  std::string scope;        // tenant, user, method, route and key, as one string
  std::string fingerprint;  // SHA-256, 32 raw bytes
  Time expires_at{};
  StoredResponse response;
  bool operator==(const IdempotencyRecord&) const = default;
};

}  // namespace soundbite
