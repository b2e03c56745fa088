// Whatever arrives, and in whatever pieces: a request is read in one way or refused, and nothing outside of it is
// touched.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/wire/body_reader.h"
#include "http/wire/conditional.h"
#include "http/wire/head_check.h"
#include "http/wire/parse_head.h"
#include "http/wire/target.h"

namespace {

using namespace soundbite;

constexpr std::uint64_t body_limit = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

HeadCheck::State scan(HeadCheck& check, std::string_view bytes, std::size_t step) {
  auto state = HeadCheck::State::more;
  for (std::size_t n = 0; state == HeadCheck::State::more && n < bytes.size();) {
    n = std::min(n + step, bytes.size());
    state = check.scan(bytes.substr(0, n));
  }
  return state;
}

struct Body {
  BodyReader::State state = BodyReader::State::more;
  std::string bytes;
  std::size_t left = 0;
  bool operator==(const Body&) const = default;
};

Body read_body(const HeadFacts& facts, std::string_view bytes, std::size_t step) {
  Body body;
  BodyReader reader(facts);
  (void)reader.bound(body_limit);
  std::string waiting;
  do {
    const std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    waiting += piece;
    std::string_view front = waiting;
    body.state = reader.feed(front, body.bytes);
    waiting = std::string(front);
  } while (body.state == BodyReader::State::more && !bytes.empty());
  if (body.state == BodyReader::State::done) body.left = waiting.size() + bytes.size();
  return body;
}

void use(const Request& request) {
  (void)QueryReader(request.query).finish();
  (void)percent_decode(request.path);
  (void)host_of_authority(request.authority);
  (void)names_etag(request.if_none_match, "\"a\"");
  const RangeAnswer range = read_range(request.range, 1000);
  require(range.offset + range.length <= 1000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = data[0] % 64 + 1;  // the first byte says how the others arrive
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  HeadCheck whole;
  HeadCheck in_pieces;
  const auto state = scan(whole, bytes, bytes.size());
  require(scan(in_pieces, bytes, step) == state);
  if (state != HeadCheck::State::complete) return 0;

  const HeadFacts& facts = whole.facts();
  require(facts.begin < facts.end && facts.end <= bytes.size());
  require(facts.end == in_pieces.facts().end && facts.content_length == in_pieces.facts().content_length);
  require(!facts.chunked || !facts.content_length);
  Request request;
  if (parse_head(bytes.substr(facts.begin, facts.end - facts.begin), request)) return 0;
  require(!request.path.empty());
  use(request);

  const std::string_view rest = bytes.substr(facts.end);
  const Body body = read_body(facts, rest, rest.size() + 1);
  const Body again = read_body(facts, rest, step);
  require(body.state == again.state);
  if (body.state == BodyReader::State::done) require(body == again);
  require(!facts.chunked || body.bytes.size() <= body_limit);
  return 0;
}
