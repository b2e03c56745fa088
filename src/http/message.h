// A request and an answer as handlers see them: plain structs, no sockets, no parser.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/time.h"
#include "job/problem.h"
#include "port/job_store.h"

namespace soundbite {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, other };

std::string_view name_of(Method method);

class BodyStream;

// Views are good until the answer is sent. A header that was not sent is an empty view.
struct Request {
  Method method = Method::other;
  bool known_method = false;  // one that HTTP registers, though perhaps none of ours
  bool keep_alive = false;
  int minor_version = 1;

  std::uint8_t allowed = 0;  // the methods of this path, one bit each
  std::string_view target;   // as sent
  std::string_view path;
  std::string_view query;        // without the question mark
  std::string_view authority;    // the Host header, or the host of an absolute target
  std::string_view parameter;    // what stands for {id} or {name} in the route, still percent-encoded
  std::string_view body;         // all of it; empty on the routes that pull it
  BodyStream* stream = nullptr;  // on the routes that pull the body
  std::uint64_t body_limit = 0;  // bytes that the body may have

  std::string_view host;
  std::string_view accept;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view expect;
  std::string_view if_none_match;
  std::string_view if_range;
  std::string_view range;

  std::string_view content_md5;
  std::string_view content_digest;
  std::string_view method_override;
  std::string_view tus_resumable;
  std::string_view upload_offset;
  std::string_view upload_length;
  std::string_view upload_defer_length;
  std::string_view upload_metadata;
  std::string_view upload_checksum;

  std::string_view sent_correlation_id;
  std::string_view traceparent;
  std::string correlation_id;  // taken from the client or made
  std::string_view trace_id;   // of a valid traceparent

  Owner owner;                            // nobody without authentication
  Deadline deadline = Deadline::never();  // renewed whenever a piece of a pulled body comes
};

// A part of a file to send.
struct FileSlice {
  File file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // static storage
  std::string_view cache_control = "no-store";         // static storage
  std::string headers;                                 // further lines, each ended by CRLF
  std::string body;
  std::optional<FileSlice> file;  // instead of `body`

  // Bytes below 0x20 are left out of the value, so that no value can add a line.
  void add_header(std::string_view name, std::string_view value);
};

// An answer that says why not.
struct Refusal {
  Problem problem;
  std::string cause;    // for the log alone
  std::string headers;  // as in Response
};

using Answer = std::expected<Response, Refusal>;

}  // namespace soundbite
