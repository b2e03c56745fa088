#include "job/problem.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

namespace soundbite {

namespace json = boost::json;

namespace {

constexpr ProblemType types[] = {
    {"bad-request", 400, "The request could not be understood",
     "The request line, a header, a query parameter or the JSON of the body is malformed. The detail names the place."},
    {"bad-signature", 403, "The address is not signed",
     "A presigned address works exactly as it was given, with the headers that were given beside it."},
    {"not-found", 404, "There is no such thing",
     "Nothing is at this address, or it is not yours, or it has expired. Ids are lower-case UUIDs."},
    {"not-analysed", 404, "The audio was made without analysis",
     "Its analysis, waveform and pictures are made with it, not afterwards. Submit it again with \"analysis\": true."},
    {"method-not-allowed", 405, "This method is not for this address", "The Allow header lists the methods that are."},
    {"request-timeout", 408, "The request took too long to arrive",
     "The header or the body came too slowly. Send it again on a new connection."},
    {"conflict", 409, "The present state does not allow this",
     "A finished job cannot be cancelled, and only a failed or cancelled one can be tried again. A file or an upload "
     "may have changed in between. Read what is there, then decide."},
    {"not-ready", 409, "The result is not ready",
     "The job has not finished. Ask for it with ?wait=30, or poll its status until it is ready."},
    {"file-in-use", 409, "A job uses this file",
     "A file is not deleted under a job that has not ended. Wait for the job, or cancel it, then delete the file."},
    {"already-uploaded", 409, "This address has been used",
     "A presigned address takes one file, once. Ask for another one with POST /api/v1/files/presign."},
    {"offset-mismatch", 409, "The upload has another number of bytes",
     "Upload-Offset says where the bytes of a PATCH belong: behind those that have arrived. HEAD tells how many these "
     "are."},
    {"expired", 410, "It has expired", "An upload or a presigned address lives for a limited time. Begin another one."},
    {"tus-version-not-supported", 412, "Only tus 1.0.0 is spoken here",
     "Send Tus-Resumable: 1.0.0 with every request but OPTIONS. Tus-Version lists what is spoken."},
    {"payload-too-large", 413, "The body is too large", "The detail says the limit."},
    {"uri-too-long", 414, "The address is too long", "Shorten the path or the query."},
    {"unsupported-media-type", 415, "The body has a type that is not accepted here",
     "Send JSON as application/json, and a recording as multipart/form-data or with its own Content-Type, without a "
     "Content-Encoding; a piece of an upload as application/offset+octet-stream. What a recording is, its first bytes "
     "tell, not its name or type: wav, w64, rf64, aiff, flac, mp3, aac (ADTS), m4a, mp4, mov, ogg, matroska, webm and "
     "caf are accepted; playlists, pictures and documents are not."},
    {"range-not-satisfiable", 416, "No byte of the requested range exists",
     "Content-Range tells how many bytes there are."},
    {"expectation-failed", 417, "The expectation is not supported", "Only Expect: 100-continue is."},
    {"misdirected-request", 421, "The Host header names another server",
     "Without authentication the server answers only to localhost and loopback addresses, so that a web page cannot "
     "reach it "
     "under a name of its own."},
    {"validation-failed", 422, "Some fields of the request are wrong",
     "The member errors lists every wrong field with a JSON Pointer, a stable code, what to do, and suggestions."},
    {"upload-locked", 423, "Another request is sending bytes to this upload",
     "One request at a time adds to an upload. Wait until the other one has ended, then ask with HEAD where to go on."},
    {"too-many-requests", 429, "Too many requests", "Wait as long as Retry-After says."},
    {"header-too-large", 431, "The header is too large", "Send fewer or shorter header fields."},
    {"checksum-mismatch", 460, "The bytes are not what their checksum says",
     "None of the bytes of this request was kept. Send them again."},
    {"internal-error", 500, "Something is broken on our side",
     "The reason is in the server's log, beside the correlation id or the job's id. The same request may work later."},
    {"not-implemented", 501, "The server does not support this", "The method or transfer coding is unknown here."},
    {"queue-full", 503, "The queue is full", "Too many jobs wait. Wait as long as Retry-After says."},
    {"unavailable", 503, "A part of the service does not answer now",
     "Wait as long as Retry-After says, then try again."},
    {"storage-full", 503, "There is no room for more audio",
     "The disk is below its reserve. What is stored stays readable and can be deleted; new jobs are taken again when "
     "there is "
     "room."},
    {"timeout", 504, "The deadline passed", "Whether the request took effect is not known: read before you repeat it."},
    {"http-version-not-supported", 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here", "Use HTTP/1.1."},
    {"job-failed", 409, "The job failed", "The job's error says why. POST to its retry address to try once more."},
    {"job-cancelled", 409, "The job was cancelled", "POST to its retry address to have it made after all."},
    {"processing-failed", 500, "The audio could not be made",
     "Every attempt failed for a reason on our side. POST to the job's retry address, or look into the server's log."},
    {"interrupted", 500, "The work was interrupted too often",
     "The worker stopped again and again before the job was done: too little memory, a crash, a restart. POST to the "
     "job's "
     "retry address to try once more."},
};

const ProblemType& type_named(std::string_view name) { return *find_problem_type(name); }

const ProblemType& type_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid: return type_named(error.fields.empty() ? "bad-request" : "validation-failed");
    case ErrorCode::not_found: return type_named("not-found");
    case ErrorCode::conflict: return type_named("conflict");
    case ErrorCode::throttled: return type_named("queue-full");
    case ErrorCode::unavailable: return type_named("unavailable");
    case ErrorCode::timeout: return type_named("timeout");
    case ErrorCode::cancelled: return type_named("job-cancelled");
    case ErrorCode::storage_full: return type_named("storage-full");
    case ErrorCode::corrupt:
    case ErrorCode::internal: break;
  }
  return type_named("internal-error");
}

}  // namespace

std::span<const ProblemType> problem_types() { return types; }

const ProblemType* find_problem_type(std::string_view name) {
  for (const auto& type : types) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

Problem to_problem(const Error& error) {
  const ProblemType& type = type_of(error);
  // Messages of broken parts name paths and calls; clients get the correlation id instead.
  const bool ours = error.code == ErrorCode::internal || error.code == ErrorCode::corrupt;
  return {&type, ours ? "the reason is in the server's log" : error.message, error.fields};
}

std::string to_stored_json(const Problem& problem) {
  json::object stored{{"name", problem.type->name}, {"detail", problem.detail}};
  json::array errors;
  for (const auto& field : problem.errors) {
    errors.push_back({{"pointer", field.pointer},
                      {"code", field.code},
                      {"detail", field.detail},
                      {"suggestions", json::value_from(field.suggestions)}});
  }
  stored["errors"] = std::move(errors);
  return json::serialize(stored);
}

Result<Problem> parse_stored_problem(std::string_view stored) {
  json::error_code error;
  const json::value value = json::parse(stored, error);
  const json::object* object = error ? nullptr : value.if_object();
  if (!object) return fail(ErrorCode::corrupt, "a stored problem is not JSON");
  try {
    Problem problem{find_problem_type(object->at("name").as_string()), {}, {}};
    if (!problem.type) problem.type = find_problem_type("internal-error");
    problem.detail = object->at("detail").as_string();
    for (const auto& entry : object->at("errors").as_array()) {
      FieldError field;
      field.pointer = entry.at("pointer").as_string();
      field.code = entry.at("code").as_string();
      field.detail = entry.at("detail").as_string();
      for (const auto& suggestion : entry.at("suggestions").as_array())
        field.suggestions.emplace_back(suggestion.as_string());
      problem.errors.push_back(std::move(field));
    }
    return problem;
  } catch (const std::exception& e) {
    return fail(ErrorCode::corrupt, std::string("a stored problem lacks a member: ") + e.what());
  }
}

}  // namespace soundbite
