#include "service/file_name.h"

#include <gtest/gtest.h>

namespace soundbite {
namespace {

TEST(FileName, keeps_what_people_call_their_recordings) {
  EXPECT_EQ(clean_file_name("Interview 12 – Zoë.mp3"), "Interview 12 – Zoë.mp3");
  EXPECT_EQ(clean_file_name("録音.wav"), "録音.wav");
  EXPECT_EQ(clean_file_name(".hidden"), ".hidden");
}

TEST(FileName, is_the_last_part_of_a_path_and_never_a_path) {
  EXPECT_EQ(clean_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(clean_file_name("C:\\Users\\me\\take.wav"), "take.wav");
  EXPECT_EQ(clean_file_name("/"), "");
  EXPECT_EQ(clean_file_name(".."), "");
  EXPECT_EQ(clean_file_name("a/."), "");
}

TEST(FileName, loses_what_breaks_lines_or_turns_text_around) {
  EXPECT_EQ(clean_file_name(std::string_view("a\0b\r\n\x7f.mp3", 10)), "ab.mp3");
  EXPECT_EQ(clean_file_name("exe.\u202egnp\u202c.mp3"), "exe.gnp.mp3");
  EXPECT_EQ(clean_file_name("a\u2028b\u0085c\u2066d"), "abcd");
}

TEST(FileName, is_valid_utf8_whatever_was_sent) {
  EXPECT_EQ(clean_file_name("a\xff\xc0\xaf.mp3"), "a.mp3");
  EXPECT_EQ(clean_file_name("\xe2\x82"), "");
}

TEST(FileName, is_cut_between_characters) {
  const std::string name = clean_file_name("a" + std::string(300, 'x'));
  EXPECT_EQ(name.size(), 255U);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "€";
  EXPECT_EQ(clean_file_name("ab" + many).size(), 254U);  // 2 + 84 * 3
}

}  // namespace
}  // namespace soundbite
