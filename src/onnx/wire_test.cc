#include "onnx/wire.h"

#include <gtest/gtest.h>

namespace soundbite::wire {
namespace {

using namespace std::string_literals;

TEST(Wire, reads_what_it_wrote) {
  std::string message;
  append_varint_field(message, 1, 300);
  append_bytes_field(message, 200'000, "content");
  Reader reader(message);
  const auto number = reader.next().value();
  EXPECT_EQ(number->number, 1u);
  EXPECT_EQ(number->value, 300u);
  const auto bytes = reader.next().value();
  EXPECT_EQ(bytes->number, 200'000u);
  EXPECT_EQ(bytes->bytes, "content");
  EXPECT_FALSE(reader.next().value());
}

TEST(Wire, keeps_the_bytes_of_every_field_as_they_stand) {
  std::string message;
  append_varint_field(message, 1, ~std::uint64_t{0});
  append_bytes_field(message, 2, "abc");
  message += "\x1d\x01\x02\x03\x04"s;                  // field 3, four bytes
  message += "\x21\x01\x02\x03\x04\x05\x06\x07\x08"s;  // field 4, eight bytes
  std::string copy;
  ASSERT_TRUE(for_each_field(message, [&](const Field& field) -> Result<void> {
    copy += field.raw;
    return {};
  }));
  EXPECT_EQ(copy, message);
}

TEST(Wire, refuses_what_is_not_the_format) {
  const std::string broken[] = {"\x08"s,  // a number without its value
                                "\x80"s,  // a tag that goes on
                                "\x0a\x05"s
                                "abc",                                                // longer than the message
                                "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,      // 2⁶⁴ − 1 bytes
                                "\x0b\x0c"s,                                          // a group
                                "\x0f\x00"s,                                          // wire type 7
                                "\x00\x00"s,                                          // field 0
                                "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,  // a number of 11 bytes
                                "\x0d\x01\x02"s,                                      // two of four bytes
                                "\x09\x01\x02\x03\x04\x05\x06\x07"s};                 // seven of eight
  for (const auto& message : broken) {
    const auto field = Reader(message).next();
    ASSERT_FALSE(field) << testing::PrintToString(message);
    EXPECT_EQ(field.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace soundbite::wire
