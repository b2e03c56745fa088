#include "http/wire/multipart.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "http/wire/characters.h"
#include "http/wire/parameters.h"

namespace soundbite {

namespace {

constexpr HeadRefusal bad_opening{"bad_multipart", "bad-request",
                                  "The form does not begin with the boundary that its Content-Type names."};
constexpr HeadRefusal bad_boundary{"bad_multipart", "bad-request", "A boundary of the form is followed by other text."};
constexpr HeadRefusal bad_rest{"bad_multipart", "bad-request", "Bytes follow the end of the form."};
constexpr HeadRefusal many_parts{"many_parts", "bad-request", "The form has more than 100 parts."};
constexpr HeadRefusal long_part_head{"long_part_head", "header-too-large",
                                     "The header of a part is larger than 16 KiB."};
constexpr HeadRefusal bad_part_field{"bad_part_field", "bad-request", "A header field of a part is not well formed."};
constexpr HeadRefusal bad_disposition{
    "bad_disposition", "bad-request",
    "A part has no well-formed Content-Disposition: form-data; name=\"…\", or a name that is not UTF-8."};
constexpr HeadRefusal encoded_part{"encoded_part", "unsupported-media-type",
                                   "A part has a Content-Transfer-Encoding: send its bytes as they are."};

constexpr std::size_t max_boundary = 70;
constexpr std::size_t max_part_name = 100;

bool is_boundary(std::string_view text) {
  constexpr std::string_view others = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= max_boundary && text.back() != ' ' && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || others.find(c) != others.npos;
  });
}

// How many of the last bytes may be the beginning of a delimiter.
std::size_t begun_delimiter(std::string_view bytes, std::string_view delimiter) {
  std::size_t size = std::min(bytes.size(), delimiter.size() - 1);
  while (size > 0 && !bytes.ends_with(delimiter.substr(0, size))) --size;
  return size;
}

// Browsers send a quote in a name as %22 (WHATWG).
std::string unescape_quotes(std::string text) {
  for (std::size_t at = 0; (at = text.find("%22", at)) != text.npos;) text.replace(at++, 3, "\"");
  return text;
}

}  // namespace

bool is_form(std::string_view content_type) {
  return equals_folded(trimmed(content_type.substr(0, content_type.find(';'))), "multipart/form-data");
}

std::optional<std::string> boundary_of(std::string_view content_type) {
  const auto parsed = parse_parameters(content_type);
  const std::string* boundary = parsed ? parsed->find("boundary") : nullptr;
  if (!boundary || !is_boundary(*boundary)) return std::nullopt;
  return *boundary;
}

MultipartReader::MultipartReader(std::string_view boundary)
    : delimiter_("\r\n--" + std::string(boundary)), buffer_("\r\n") {}

void MultipartReader::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += bytes;
}

MultipartReader::Event MultipartReader::next() {
  switch (state_) {
    case State::opening: return read_opening();
    case State::head: return read_head();
    case State::data: return read_data();
    case State::boundary: return read_boundary();
    case State::closed: break;
  }
  return read_rest();
}

MultipartReader::Event MultipartReader::refuse(const HeadRefusal& refusal) {
  refusal_ = &refusal;
  return Event::refused;
}

MultipartReader::Event MultipartReader::read_opening() {
  const std::string_view begin = std::string_view(buffer_).substr(0, delimiter_.size());
  if (!std::string_view(delimiter_).starts_with(begin)) return refuse(bad_opening);
  if (begin.size() < delimiter_.size()) return Event::more;
  state_ = State::boundary;
  return read_boundary();
}

// At a delimiter: what follows tells whether another part comes.
MultipartReader::Event MultipartReader::read_boundary() {
  const std::string_view behind = std::string_view(buffer_).substr(at_ + delimiter_.size(), 2);
  if (behind.size() < 2 && (behind.empty() || behind == "\r" || behind == "-")) return Event::more;
  if (behind != "\r\n" && behind != "--") return refuse(bad_boundary);
  at_ += delimiter_.size() + 2;
  const bool first = parts_ == 0;
  state_ = behind == "--" ? State::closed : State::head;
  return first ? next() : Event::part_end;
}

MultipartReader::Event MultipartReader::read_head() {
  const std::string_view rest = std::string_view(buffer_).substr(at_, max_head_bytes + 4);
  const std::size_t end = rest.find("\r\n\r\n");
  if (end == rest.npos || end > max_head_bytes) {
    return rest.size() > max_head_bytes + 3 ? refuse(long_part_head) : Event::more;
  }
  if (++parts_ > max_parts) return refuse(many_parts);
  if (const HeadRefusal* wrong = parse_head(rest.substr(0, end))) return refuse(*wrong);
  at_ += end + 4;
  state_ = State::data;
  return Event::part;
}

MultipartReader::Event MultipartReader::read_data() {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  const void* found = ::memmem(rest.data(), rest.size(), delimiter_.data(), delimiter_.size());
  if (found) {
    data_ = rest.substr(0, static_cast<std::size_t>(static_cast<const char*>(found) - rest.data()));
    state_ = State::boundary;
  } else {
    data_ = rest.substr(0, rest.size() - begun_delimiter(rest, delimiter_));
    if (data_.empty()) return Event::more;
  }
  at_ += data_.size();
  return data_.empty() ? read_boundary() : Event::data;
}

MultipartReader::Event MultipartReader::read_rest() {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  return std::string_view("\r\n").starts_with(rest) ? Event::end : refuse(bad_rest);
}

const HeadRefusal* MultipartReader::parse_head(std::string_view head) {
  part_ = {};
  has_disposition_ = false;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    if (const HeadRefusal* wrong = parse_field(head.substr(0, end))) return wrong;
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return has_disposition_ ? nullptr : &bad_disposition;
}

const HeadRefusal* MultipartReader::parse_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == line.npos || !all(line.substr(0, colon), characters::token)) return &bad_part_field;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!all(value, characters::value)) return &bad_part_field;
  if (equals_folded(name, "content-disposition")) return parse_disposition(value);
  if (equals_folded(name, "content-type")) {
    part_.content_type = value;
  } else if (equals_folded(name, "content-transfer-encoding")) {
    const bool plain = equals_folded(value, "binary") || equals_folded(value, "8bit") || equals_folded(value, "7bit");
    if (!plain) return &encoded_part;
  }
  return nullptr;
}

const HeadRefusal* MultipartReader::parse_disposition(std::string_view value) {
  if (std::exchange(has_disposition_, true)) return &bad_disposition;
  const auto parsed = parse_parameters(value);
  if (!parsed || !equals_folded(parsed->value, "form-data")) return &bad_disposition;
  const std::string* name = parsed->find("name");
  if (!name || name->size() > max_part_name || find_invalid_utf8(*name)) return &bad_disposition;
  part_.name = unescape_quotes(*name);
  if (const std::string* extended = parsed->find("filename*")) {
    part_.file_name = decode_extended(*extended);
    if (!part_.file_name) return &bad_disposition;
  } else if (const std::string* plain = parsed->find("filename")) {
    part_.file_name = unescape_quotes(*plain);
  }
  return nullptr;
}

}  // namespace soundbite
