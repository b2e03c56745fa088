#include "http/wire/parse_head.h"

#include <boost/beast/http/basic_parser.hpp>

#include "http/wire/characters.h"
#include "http/wire/target.h"

namespace soundbite {

namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

constexpr HeadRefusal bad_head{"bad_head", "bad-request", "The header is not well formed."};
constexpr HeadRefusal no_target{"bad_target", "bad-request",
                                "The request target is neither a path nor an http address."};

std::string_view view(string_view text) { return {text.data(), text.size()}; }

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::patch: return Method::patch;
    case http::verb::delete_: return Method::remove;
    case http::verb::options: return Method::options;
    default: return Method::other;
  }
}

void set_once(std::string_view& field, std::string_view value) {
  if (field.empty()) field = value;
}

// Fields that Beast has no number for.
struct FurtherField {
  std::string_view name;
  std::string_view Request::* place;
};
constexpr FurtherField further_fields[] = {
    {"x-correlation-id", &Request::sent_correlation_id}, {"traceparent", &Request::traceparent},
    {"content-digest", &Request::content_digest},        {"x-http-method-override", &Request::method_override},
    {"tus-resumable", &Request::tus_resumable},          {"upload-offset", &Request::upload_offset},
    {"upload-length", &Request::upload_length},          {"upload-defer-length", &Request::upload_defer_length},
    {"upload-metadata", &Request::upload_metadata},      {"upload-checksum", &Request::upload_checksum},
};

class Reader final : public http::basic_parser<true> {
 public:
  explicit Reader(Request& request) : request_(request) {
    skip(true);               // BodyReader's business
    header_limit(64 * 1024);  // HeadCheck's limit is the one that counts
  }

  bool has_bad_target() const { return bad_target_; }

 private:
  void on_request_impl(http::verb verb, string_view, string_view target, int version, error_code& error) override {
    request_.method = method_of(verb);
    request_.known_method = verb != http::verb::unknown;
    request_.minor_version = version - 10;
    request_.target = view(target);
    const auto parts = split_target(request_.target);
    if (!parts) {
      bad_target_ = true;
      error = http::make_error_code(http::error::bad_target);
      return;
    }
    request_.path = parts->path;
    request_.query = parts->query;
    request_.authority = parts->authority;
  }

  void on_field_impl(http::field field, string_view name, string_view sent, error_code&) override {
    const std::string_view value = view(sent);
    switch (field) {
      case http::field::host: return set_once(request_.host, value);
      case http::field::accept: return set_once(request_.accept, value);
      case http::field::content_type: return set_once(request_.content_type, value);
      case http::field::content_encoding: return set_once(request_.content_encoding, value);
      case http::field::expect: return set_once(request_.expect, value);
      case http::field::if_none_match: return set_once(request_.if_none_match, value);
      case http::field::if_range: return set_once(request_.if_range, value);
      case http::field::range: return set_once(request_.range, value);
      case http::field::content_md5: return set_once(request_.content_md5, value);
      case http::field::unknown: break;
      default: return;
    }
    for (const auto& [known, place] : further_fields) {
      if (equals_folded(view(name), known)) return set_once(request_.*place, value);
    }
  }

  void on_header_impl(error_code&) override {
    request_.keep_alive = keep_alive();
    if (request_.authority.empty()) request_.authority = request_.host;
  }

  void on_finish_impl(error_code&) override {}

  // Bodies are skipped, and responses are not parsed.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view bytes, error_code&) override { return bytes.size(); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override { return bytes.size(); }
  void on_response_impl(int, string_view, int, error_code&) override {}

  Request& request_;
  bool bad_target_ = false;
};

}  // namespace

const HeadRefusal* parse_head(std::string_view head, Request& request) {
  Reader reader(request);
  error_code error;
  reader.put(boost::asio::buffer(head.data(), head.size()), error);
  if (!error && reader.is_done()) return nullptr;
  return reader.has_bad_target() ? &no_target : &bad_head;
}

}  // namespace soundbite
