#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace soundbite {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

File memory_file(std::string_view content) {
  File file(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_TRUE(file.write_all(bytes_of(content)));
  return file;
}

std::string path_of(const File& file) { return "/proc/self/fd/" + std::to_string(file.fd()); }

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(File, closes_what_it_owns_once) {
  File first = memory_file("");
  const int fd = first.fd();
  File second = std::move(first);
  EXPECT_EQ(second.fd(), fd);
  second = File();
  EXPECT_FALSE(is_open(fd));
  EXPECT_FALSE(second);
}

TEST(File, released_stays_open) {
  int fd = -1;
  {
    File file = memory_file("");
    fd = file.release();
  }
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

TEST(File, reads_at_an_offset_and_answers_0_at_the_end) {
  const File file = memory_file("soundbite");
  std::array<std::byte, 4> part{};
  EXPECT_EQ(file.size(), 9U);
  EXPECT_EQ(file.read_at(part, 5), 4U);
  EXPECT_EQ(part[0], std::byte{'b'});
  EXPECT_EQ(file.read_at(part, 7), 2U);
  EXPECT_EQ(file.read_at(part, 9), 0U);
}

TEST(File, writes_all_of_what_a_full_pipe_takes_in_parts) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const File out(ends[0]);
  File in(ends[1]);
  const std::string sent(300'000, 's');  // more than a pipe holds
  const pid_t reader = ::fork();
  if (reader == 0) {
    in.close();
    std::array<char, 5'000> block;
    std::size_t total = 0;
    for (ssize_t n; (n = ::read(out.fd(), block.data(), block.size())) > 0;) total += static_cast<std::size_t>(n);
    ::_exit(total == sent.size() ? 0 : 1);
  }
  EXPECT_TRUE(in.write_all(bytes_of(sent)));
  in.close();
  int status = -1;
  ASSERT_EQ(::waitpid(reader, &status, 0), reader);
  EXPECT_EQ(status, 0);
}

TEST(File, tells_a_full_disk_from_other_failures) {
  const File full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  EXPECT_EQ(full.write_all(bytes_of("x")).error().code, ErrorCode::storage_full);
  EXPECT_EQ(File().write_all(bytes_of("x")).error().code, ErrorCode::unavailable);
}

TEST(ReadFile, gives_the_whole_up_to_the_limit) {
  const std::string content(200'000, 'c');
  const File file = memory_file(content);
  EXPECT_EQ(read_file(path_of(file), content.size()), content);
  const auto larger = read_file(path_of(file), content.size() - 1);
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, ErrorCode::invalid);
}

TEST(ReadFile, reads_files_that_do_not_know_their_size) {
  const auto status = read_file("/proc/self/status", 1 << 20);
  ASSERT_TRUE(status);
  EXPECT_TRUE(status->starts_with("Name:"));
}

TEST(ReadFile, names_the_file_that_it_cannot_read) {
  const auto missing = read_file("/nonexistent/voice.onnx", 10);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find("/nonexistent/voice.onnx"), std::string::npos);
  const auto folder = read_file("/", 10);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(folder.error().message.starts_with("/:"));
}

}  // namespace
}  // namespace soundbite
