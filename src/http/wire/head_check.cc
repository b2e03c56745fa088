#include "http/wire/head_check.h"

#include <charconv>
#include <cstring>

#include "http/wire/characters.h"

namespace soundbite {

namespace {

constexpr HeadRefusal bare_lf{"bare_lf", "bad-request", "A line of the request ends in LF without CR."};
constexpr HeadRefusal bad_request_line{"bad_request_line", "bad-request",
                                       "The request line is not \"METHOD target HTTP/1.1\"."};
constexpr HeadRefusal bad_target{"bad_target", "bad-request",
                                 "The request target holds a byte that must be percent-encoded, or a fragment."};
constexpr HeadRefusal bad_version{"bad_version", "http-version-not-supported",
                                  "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
constexpr HeadRefusal obs_fold{"obs_fold", "bad-request", "A header field is continued on a second line."};
constexpr HeadRefusal bad_field_name{
    "bad_field_name", "bad-request",
    "A header field has no name, or a character before its colon that is not allowed."};
constexpr HeadRefusal bad_field_value{"bad_field_value", "bad-request",
                                      "The value of a header field holds a control character."};
constexpr HeadRefusal bad_host{"bad_host", "bad-request", "A request names its host in exactly one valid Host field."};
constexpr HeadRefusal bad_content_length{"bad_content_length", "bad-request",
                                         "Content-Length is sent once, as decimal digits."};
constexpr HeadRefusal ambiguous_length{"ambiguous_length", "bad-request",
                                       "Content-Length and Transfer-Encoding exclude each other."};
constexpr HeadRefusal bad_transfer_encoding{"bad_transfer_encoding", "bad-request",
                                            "Transfer-Encoding is sent once, and only in HTTP/1.1."};
constexpr HeadRefusal unknown_transfer_encoding{"unknown_transfer_encoding", "not-implemented",
                                                "The only Transfer-Encoding understood is \"chunked\"."};
constexpr HeadRefusal long_request_line{"long_request_line", "uri-too-long", "The request line is longer than 8 KiB."};
constexpr HeadRefusal long_field{"long_field", "header-too-large", "A header field is longer than 8 KiB."};
constexpr HeadRefusal long_head{"long_head", "header-too-large",
                                "The header is larger than 32 KiB or has more than 100 fields."};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void HeadCheck::reset() { *this = HeadCheck(limits_); }

HeadCheck::State HeadCheck::refuse(const HeadRefusal& refusal) {
  refusal_ = &refusal;
  return State::refused;
}

HeadCheck::State HeadCheck::scan(std::string_view bytes) {
  if (bytes.empty()) return State::more;
  // Another protocol (a TLS hello, say) is told at once, not after the deadline.
  if (scanned_ == 0 && !is(bytes.front(), characters::token) && bytes.front() != '\r') {
    return refuse(bytes.front() == '\n' ? bare_lf : bad_request_line);
  }
  while (const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_)) {
    const auto newline = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    std::string_view line = bytes.substr(line_begin_, newline - line_begin_);
    scanned_ = line_begin_ = newline + 1;
    if (line.empty() || line.back() != '\r') return refuse(bare_lf);
    line.remove_suffix(1);
    if (line_begin_ - facts_.begin > limits_.block_bytes) return refuse(long_head);
    if (line.empty() && lines_ == 0 && facts_.begin == 0) {
      facts_.begin = line_begin_;
      continue;
    }
    if (line.empty() && lines_ > 0) {
      if (const HeadRefusal* wrong = check_block()) return refuse(*wrong);
      facts_.end = line_begin_;
      return State::complete;
    }
    if (const HeadRefusal* wrong = check_line(line)) return refuse(*wrong);
  }
  scanned_ = bytes.size();
  // The last byte may be the CR, which is not counted.
  if (bytes.size() - line_begin_ > limits_.line_bytes + 1) return refuse(lines_ == 0 ? long_request_line : long_field);
  if (bytes.size() - facts_.begin > limits_.block_bytes) return refuse(long_head);
  return State::more;
}

const HeadRefusal* HeadCheck::check_line(std::string_view line) {
  if (line.size() > limits_.line_bytes) return lines_ == 0 ? &long_request_line : &long_field;
  if (lines_ > limits_.fields) return &long_head;
  return lines_++ == 0 ? check_request_line(line) : check_field(line);
}

const HeadRefusal* HeadCheck::check_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == 0 || first == line.npos || last <= first + 1) return &bad_request_line;
  if (!all(line.substr(0, first), characters::token)) return &bad_request_line;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.find(' ') != target.npos) return &bad_request_line;
  if (!all(target, characters::target) || target.find('#') != target.npos) return &bad_target;

  const std::string_view version = line.substr(last + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7])) {
    return &bad_request_line;
  }
  if (version[5] != '1' || version[7] > '1') return &bad_version;
  version_1_0_ = version[7] == '0';
  return nullptr;
}

const HeadRefusal* HeadCheck::check_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return &obs_fold;
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == line.npos || !all(line.substr(0, colon), characters::token)) return &bad_field_name;
  const std::string_view value = line.substr(colon + 1);
  if (!all(value, characters::value)) return &bad_field_value;
  return note_field(line.substr(0, colon), trimmed(value));
}

const HeadRefusal* HeadCheck::note_field(std::string_view name, std::string_view value) {
  if (equals_folded(name, "host")) {
    if (++hosts_ > 1 || !all(value, characters::authority)) return &bad_host;
  } else if (equals_folded(name, "content-length")) {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    const bool whole = error == std::errc() && end == value.data() + value.size();
    if (!whole || facts_.content_length) return &bad_content_length;
    facts_.content_length = length;
  } else if (equals_folded(name, "transfer-encoding")) {
    if (facts_.chunked || version_1_0_) return &bad_transfer_encoding;
    if (!equals_folded(value, "chunked")) return &unknown_transfer_encoding;
    facts_.chunked = true;
  }
  return facts_.chunked && facts_.content_length ? &ambiguous_length : nullptr;
}

const HeadRefusal* HeadCheck::check_block() const { return hosts_ == 0 && !version_1_0_ ? &bad_host : nullptr; }

}  // namespace soundbite
