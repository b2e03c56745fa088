#include "http/wire/multipart.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace soundbite {
namespace {

using Event = MultipartReader::Event;

struct Read {
  struct Part {
    PartHead head;
    std::string bytes;
    bool whole = false;
  };
  std::vector<Part> parts;
  Event last = Event::more;
  std::string_view reason;
};

Read read_in_pieces(std::string_view form, std::size_t step) {
  Read read;
  MultipartReader reader("x");
  while (!form.empty()) {
    reader.feed(form.substr(0, step));
    form.remove_prefix(std::min(step, form.size()));
    while ((read.last = reader.next()) != Event::more) {
      if (read.last == Event::part) read.parts.push_back({reader.part(), {}});
      if (read.last == Event::data) read.parts.back().bytes += reader.data();
      if (read.last == Event::part_end) read.parts.back().whole = true;
      if (read.last == Event::refused) {
        read.reason = reader.refusal().reason;
        return read;
      }
      if (read.last == Event::end) break;
    }
  }
  return read;
}

std::string part(const std::string& fields, const std::string& bytes) {
  return "--x\r\n" + fields + "\r\n\r\n" + bytes + "\r\n";
}

constexpr std::string_view named = "Content-Disposition: form-data; name=\"a\"";

Read read_one(const std::string& fields) { return read_in_pieces(part(fields, "bytes") + "--x--", 1000); }

TEST(Multipart, gives_the_same_parts_however_they_arrive) {
  const std::string tricky = "\r\n--\r\n-x\r\r\n--\rx--\r\n";
  const std::string form =
      part("Content-Disposition: form-data; name=\"request\"", "{}") +
      part("content-disposition: Form-Data; filename=\"a.mp3\"; name=file\r\nContent-Type: audio/mpeg", tricky) +
      part(std::string(named), "") + "--x--\r\n";
  for (std::size_t step = 1; step <= form.size(); ++step) {
    const Read read = read_in_pieces(form, step);
    EXPECT_EQ(read.last, Event::end) << step;
    ASSERT_EQ(read.parts.size(), 3U) << step;
    EXPECT_EQ(read.parts[0].head.name, "request");
    EXPECT_EQ(read.parts[0].head.file_name, std::nullopt);
    EXPECT_EQ(read.parts[0].bytes, "{}");
    EXPECT_EQ(read.parts[1].head.name, "file");
    EXPECT_EQ(read.parts[1].head.file_name, "a.mp3");
    EXPECT_EQ(read.parts[1].head.content_type, "audio/mpeg");
    EXPECT_EQ(read.parts[1].bytes, tricky);
    EXPECT_EQ(read.parts[2].bytes, "");
    EXPECT_TRUE(read.parts[2].whole);
  }
}

TEST(Multipart, is_not_whole_before_its_last_boundary) {
  const std::string form = part(std::string(named), "bytes") + "--x--";
  for (std::size_t size = 1; size < form.size(); ++size) {
    EXPECT_EQ(read_in_pieces(form.substr(0, size), size).last, Event::more) << size;
  }
}

TEST(Multipart, refuses_text_around_the_parts) {
  EXPECT_EQ(read_in_pieces("preamble\r\n" + part(std::string(named), "b") + "--x--", 9).reason, "bad_multipart");
  EXPECT_EQ(read_in_pieces(part(std::string(named), "b") + "--x--\r\nepilogue", 9).reason, "bad_multipart");
  EXPECT_EQ(read_in_pieces(part(std::string(named), "b") + "--xy\r\n", 9).reason, "bad_multipart");
  EXPECT_EQ(read_in_pieces("--x \r\n" + std::string(named) + "\r\n\r\nb\r\n--x--", 9).reason, "bad_multipart");
}

TEST(Multipart, refuses_part_headers_that_are_not_well_formed) {
  EXPECT_EQ(read_one(std::string(named) + "\r\n folded: x").reason, "bad_part_field");
  EXPECT_EQ(read_one("no colon").reason, "bad_part_field");
  EXPECT_EQ(read_one(std::string(named) + "\r\nX: a\x01").reason, "bad_part_field");
  EXPECT_EQ(read_one("Content-Type: audio/wav").reason, "bad_disposition");
  EXPECT_EQ(read_one("Content-Disposition: attachment; name=\"a\"").reason, "bad_disposition");
  EXPECT_EQ(read_one("Content-Disposition: form-data").reason, "bad_disposition");
  EXPECT_EQ(read_one("Content-Disposition: form-data; name=\"a").reason, "bad_disposition");
  EXPECT_EQ(read_one("Content-Disposition: form-data; name=a; name=b").reason, "bad_disposition");
  EXPECT_EQ(read_one("Content-Disposition: form-data; name=\"\xff\"").reason, "bad_disposition");
  EXPECT_EQ(read_one(std::string(named) + "\r\n" + std::string(named)).reason, "bad_disposition");
  EXPECT_EQ(read_one(std::string(named) + "\r\nContent-Transfer-Encoding: base64").reason, "encoded_part");
}

TEST(Multipart, reads_names_as_clients_write_them) {
  const auto file_name = [](const std::string& parameter) {
    const Read read = read_one(std::string(named) + "; " + parameter);
    return read.parts.empty() ? std::optional<std::string>("refused") : read.parts[0].head.file_name;
  };
  EXPECT_EQ(file_name(R"(filename="a \"b\".mp3")"), "a \"b\".mp3");
  EXPECT_EQ(file_name(R"(filename="a %22b%22.mp3")"), "a \"b\".mp3");
  EXPECT_EQ(file_name(R"(filename="C:\music\a.mp3")"), R"(C:\music\a.mp3)");
  EXPECT_EQ(file_name(R"(filename="Zoë; 1.mp3")"), "Zoë; 1.mp3");
  EXPECT_EQ(file_name("filename=\"plain\"; filename*=UTF-8''%e2%82%ac.mp3"), "€.mp3");
  EXPECT_EQ(file_name("filename*=latin1''a.mp3"), "refused");
  EXPECT_EQ(file_name("filename*=UTF-8''%ff"), "refused");
  EXPECT_EQ(file_name("filename=\"\""), "");
}

TEST(Multipart, bounds_parts_and_their_headers) {
  std::string form;
  for (std::size_t i = 0; i <= MultipartReader::max_parts; ++i) form += part(std::string(named), "b");
  EXPECT_EQ(read_in_pieces(form, 1000).reason, "many_parts");
  const std::string large = std::string(named) + "\r\nX: " + std::string(MultipartReader::max_head_bytes, 'x');
  EXPECT_EQ(read_in_pieces(part(large, "b") + "--x--", 1000).reason, "long_part_head");
  EXPECT_EQ(read_in_pieces("--x\r\nX: " + std::string(MultipartReader::max_head_bytes + 100, 'x'), 7).reason,
            "long_part_head");
}

TEST(Multipart, takes_the_boundaries_of_its_rfc) {
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(boundary_of("multipart/form-data; charset=utf-8; Boundary=\"a b:c\""), "a b:c");
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=" + std::string(70, 'a')), std::string(70, 'a'));
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=" + std::string(71, 'a')), std::nullopt);
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=\"\""), std::nullopt);
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=\"a \""), std::nullopt);
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=\"a\x80\""), std::nullopt);
  EXPECT_EQ(boundary_of("multipart/form-data"), std::nullopt);
}

}  // namespace
}  // namespace soundbite
