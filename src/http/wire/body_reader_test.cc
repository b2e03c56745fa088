#include "http/wire/body_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace soundbite {
namespace {

using State = BodyReader::State;

struct Read {
  State state = State::more;
  std::string body;
  std::string rest;
};

// Feeds `encoded` in pieces of `step` bytes.
Read read_in_pieces(BodyReader reader, std::string_view encoded, std::size_t step) {
  Read read;
  std::string waiting;
  do {
    waiting += encoded.substr(0, step);
    encoded.remove_prefix(std::min(step, encoded.size()));
    std::string_view bytes = waiting;
    read.state = reader.feed(bytes, read.body);
    waiting = std::string(bytes);
  } while (read.state == State::more && !encoded.empty());
  read.rest = waiting + std::string(encoded);
  return read;
}

BodyReader chunked(std::uint64_t limit = 1000) {
  BodyReader reader(HeadFacts{.chunked = true});
  EXPECT_TRUE(reader.bound(limit));
  return reader;
}
BodyReader sized(std::uint64_t length) { return BodyReader(HeadFacts{.content_length = length}); }

TEST(BodyReader, decodes_chunks_however_they_arrive_and_leaves_the_next_request) {
  for (std::size_t step = 1; step < 40; ++step) {
    const Read read = read_in_pieces(chunked(), "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET /", step);
    EXPECT_EQ(read.state, State::done) << step;
    EXPECT_EQ(read.body, "hello world");
    EXPECT_EQ(read.rest, "GET /");
  }
}

TEST(BodyReader, takes_an_empty_chunked_body_however_it_arrives) {
  for (std::size_t step = 1; step < 6; ++step) {
    EXPECT_EQ(read_in_pieces(chunked(), "0\r\n\r\n", step).state, State::done) << step;
  }
}

TEST(BodyReader, refuses_chunks_that_two_programs_could_read_differently) {
  for (const std::string_view encoded : {
           "5;ext=1\r\nhello\r\n0\r\n\r\n",
           "5 \r\nhello\r\n0\r\n\r\n",
           " 5\r\nhello\r\n0\r\n\r\n",
           "+5\r\nhello\r\n0\r\n\r\n",
           "-5\r\nhello\r\n0\r\n\r\n",
           "0x5\r\nhello\r\n0\r\n\r\n",
           "\r\nhello\r\n0\r\n\r\n",
           "5\nhello\r\n0\r\n\r\n",
           "5\r\nhello0\r\n\r\n",
           "5\r\nhello\n0\r\n\r\n",
           "5\r\nhelloXX0\r\n\r\n",
           "fffffffffffffffff\r\nhello",
           "0;a\r\n\r\n",
           "0\r\nTrailer: x\r\n\r\n",
           "5\rhello",
           "00000000000000005\r\nhello\r\n0\r\n\r\n",
           "g\r\n",
       }) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, encoded.size()}) {
      EXPECT_EQ(read_in_pieces(chunked(), encoded, step).state, State::refused) << encoded << " by " << step;
    }
  }
}

TEST(BodyReader, stops_at_the_limit_of_a_chunked_body) {
  EXPECT_EQ(read_in_pieces(chunked(5), "5\r\nhello\r\n0\r\n\r\n", 3).state, State::done);
  for (const auto* encoded :
       {"6\r\nhello!\r\n0\r\n\r\n", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "ffffffffffffffff\r\n"}) {
    BodyReader reader = chunked(5);
    std::string_view bytes = encoded;
    std::string body;
    EXPECT_EQ(reader.feed(bytes, body), State::refused) << encoded;
    EXPECT_EQ(reader.refusal().problem, "payload-too-large");
  }
}

TEST(BodyReader, reads_a_body_of_known_length_to_its_last_byte) {
  for (std::size_t step = 1; step < 8; ++step) {
    const Read read = read_in_pieces(sized(5), "hello!", step);
    EXPECT_EQ(read.state, State::done);
    EXPECT_EQ(read.body, "hello");
    EXPECT_EQ(read.rest, "!");
  }
}

TEST(BodyReader, has_nothing_to_read_when_no_length_was_sent) {
  EXPECT_EQ(read_in_pieces(BodyReader(HeadFacts{}), "GET /", 5).rest, "GET /");
  EXPECT_EQ(read_in_pieces(sized(0), "", 1).state, State::done);
}

}  // namespace
}  // namespace soundbite
