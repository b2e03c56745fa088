#include "http/wire/body_reader.h"

#include <algorithm>
#include <charconv>

namespace soundbite {

namespace {

constexpr HeadRefusal bad_chunk{"bad_chunk", "bad-request",
                                "The chunked body is not well formed, or has extensions or trailers."};
constexpr HeadRefusal long_body{"long_body", "payload-too-large", ""};

constexpr std::size_t max_size_digits = 16;  // of 64 bits

}  // namespace

BodyReader::BodyReader(const HeadFacts& facts) {
  if (facts.chunked) {
    expected_ = Expected::size_line;
  } else if (facts.content_length.value_or(0) > 0) {
    expected_ = Expected::data;
    data_left_ = *facts.content_length;
  }
}

bool BodyReader::bound(std::uint64_t limit) {
  limit_ = limit;
  if (announced_ <= limit) return true;
  refusal_ = &long_body;
  return false;
}

BodyReader::State BodyReader::refuse(const HeadRefusal& refusal) {
  refusal_ = &refusal;
  return State::refused;
}

BodyReader::State BodyReader::feed(std::string_view& bytes, std::string& body) {
  State state = State::done;
  while (state == State::done) {
    switch (expected_) {
      case Expected::nothing: return State::done;
      case Expected::data:
        if (!take_data(bytes, body)) return State::more;
        expected_ = Expected::nothing;
        break;
      case Expected::size_line: state = take_size_line(bytes); break;
      case Expected::chunk_data:
        if (!take_data(bytes, body)) return State::more;
        expected_ = Expected::chunk_end;
        break;
      case Expected::chunk_end: state = take_empty_line(bytes, Expected::size_line); break;
      case Expected::last_line: state = take_empty_line(bytes, Expected::nothing); break;
    }
  }
  return state;
}

std::string_view BodyReader::take_plain(std::string_view& bytes) {
  const auto data = bytes.substr(0, std::size_t(std::min<std::uint64_t>(bytes.size(), plain_left())));
  bytes.remove_prefix(data.size());
  skip_plain(data.size());
  return data;
}

void BodyReader::skip_plain(std::uint64_t bytes) {
  if (expected_ != Expected::data) return;
  data_left_ -= bytes;
  if (data_left_ == 0) expected_ = Expected::nothing;
}

std::string_view BodyReader::take(std::string_view& bytes) {
  const auto data = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), data_left_)));
  bytes.remove_prefix(data.size());
  data_left_ -= data.size();
  return data;
}

// True when all of the data has come.
bool BodyReader::take_data(std::string_view& bytes, std::string& body) {
  body.append(take(bytes));
  return data_left_ == 0;
}

// Hex digits and CRLF, nothing else.
BodyReader::State BodyReader::take_size_line(std::string_view& bytes) {
  const std::size_t digits = std::min(bytes.find_first_not_of("0123456789abcdefABCDEF"), bytes.size());
  if (digits > max_size_digits) return refuse(bad_chunk);
  if (bytes.size() < digits + 2) {
    const bool may_become_a_line = bytes.size() == digits || (digits > 0 && bytes[digits] == '\r');
    return may_become_a_line ? State::more : refuse(bad_chunk);
  }
  if (digits == 0 || bytes.substr(digits, 2) != "\r\n") return refuse(bad_chunk);
  std::from_chars(bytes.data(), bytes.data() + digits, data_left_, 16);
  if (data_left_ > limit_ - announced_) return refuse(long_body);
  announced_ += data_left_;
  bytes.remove_prefix(digits + 2);
  expected_ = data_left_ > 0 ? Expected::chunk_data : Expected::last_line;
  return State::done;
}

BodyReader::State BodyReader::take_empty_line(std::string_view& bytes, Expected next) {
  if (!std::string_view("\r\n").starts_with(bytes.substr(0, 2))) return refuse(bad_chunk);
  if (bytes.size() < 2) return State::more;
  bytes.remove_prefix(2);
  expected_ = next;
  return State::done;
}

}  // namespace soundbite
