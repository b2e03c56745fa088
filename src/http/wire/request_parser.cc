#include "http/wire/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>

#include "http/wire/characters.h"
#include "http/wire/target.h"

namespace soundbite {

namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

constexpr HeadRefusal bad_head{"bad_head", "bad-request", "The header is not well formed."};
constexpr HeadRefusal bad_target_form{"bad_target", "bad-request",
                                      "The request target is neither a path nor an http address."};
constexpr HeadRefusal bad_chunk{"bad_chunk", "bad-request",
                                "The chunked body is not well formed, or has extensions or trailers."};
constexpr HeadRefusal long_body{"long_body", "payload-too-large", ""};

// A chunk's size line, or the end of the body: what Beast may leave unread while it waits for more.
constexpr std::size_t max_chunk_line = 64;

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

}  // namespace

class RequestParser::Reader final : public http::basic_parser<true> {
 public:
  Reader(Request& request, std::uint64_t limit) : request_(&request) {
    eager(true);
    body_limit(limit);
    header_limit(64 * 1024);  // HeadCheck's limit is the one that counts
  }

  void append_to(std::string* body) { body_ = body; }
  bool has_bad_target() const { return bad_target_; }

 private:
  void on_request_impl(http::verb verb, string_view, string_view target, int version, error_code& error) override {
    request_->method = method_of(verb);
    request_->known_method = verb != http::verb::unknown;
    request_->minor_version = version - 10;
    request_->target = view(target);
    const auto parts = split_target(request_->target);
    bad_target_ = !parts;
    if (!parts) {
      error = http::make_error_code(http::error::bad_target);
      return;
    }
    request_->path = parts->path;
    request_->query = parts->query;
    request_->authority = parts->authority;
  }

  void on_field_impl(http::field field, string_view name, string_view sent, error_code& error) override {
    if (head_done_) {
      error = http::make_error_code(http::error::bad_field);  // a trailer
      return;
    }
    const std::string_view value = view(sent);
    switch (field) {
      case http::field::host: return set_once(request_->host, value);
      case http::field::accept: return set_once(request_->accept, value);
      case http::field::content_type: return set_once(request_->content_type, value);
      case http::field::content_encoding: return set_once(request_->content_encoding, value);
      case http::field::expect: return set_once(request_->expect, value);
      case http::field::if_none_match: return set_once(request_->if_none_match, value);
      case http::field::if_range: return set_once(request_->if_range, value);
      case http::field::range: return set_once(request_->range, value);
      default: break;
    }
    if (equals_folded(view(name), "x-correlation-id")) set_once(request_->sent_correlation_id, value);
    if (equals_folded(view(name), "traceparent")) set_once(request_->traceparent, value);
  }

  void on_header_impl(error_code&) override {
    head_done_ = true;
    request_->keep_alive = keep_alive();
    if (request_->authority.empty()) request_->authority = request_->host;
  }

  void on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& error) override {
    if (!extensions.empty()) error = http::make_error_code(http::error::bad_chunk_extension);
  }

  std::size_t on_body_impl(string_view bytes, error_code&) override { return append(bytes); }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override { return append(bytes); }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  std::size_t append(string_view bytes) {
    body_->append(bytes.data(), bytes.size());
    return bytes.size();
  }

  Request* request_;
  std::string* body_ = nullptr;
  bool head_done_ = false;
  bool bad_target_ = false;
};

RequestParser::RequestParser() = default;
RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::start(std::string_view head, Request& request, std::uint64_t body_limit) {
  reader_ = std::make_unique<Reader>(request, body_limit);
  error_code error;
  reader_->put(boost::asio::buffer(head.data(), head.size()), error);
  return state_after(error);
}

RequestParser::State RequestParser::feed(std::string_view& bytes, std::string& body) {
  reader_->append_to(&body);
  error_code error;
  const std::size_t taken = reader_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  bytes.remove_prefix(taken);
  const State state = state_after(error);
  if (state == State::need_more && bytes.size() > max_chunk_line) {
    refusal_ = &bad_chunk;
    return State::refused;
  }
  return state;
}

RequestParser::State RequestParser::state_after(const error_code& error) {
  if (!error || error == http::error::need_more) return reader_->is_done() ? State::done : State::need_more;
  if (reader_->is_header_done()) {
    refusal_ = error == http::error::body_limit ? &long_body : &bad_chunk;
  } else {
    refusal_ = error == http::error::body_limit ? &long_body : reader_->has_bad_target() ? &bad_target_form : &bad_head;
  }
  return State::refused;
}

}  // namespace soundbite
