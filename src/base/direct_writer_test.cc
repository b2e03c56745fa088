#include "base/direct_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace soundbite {
namespace {

constexpr std::size_t memory_bytes = 1 << 20;

class DirectWriterTest : public testing::Test {
 protected:
  DirectWriterTest() {
    std::uint32_t state = 1;
    for (auto& byte : memory()) byte = std::byte((state = state * 1664525 + 1013904223) >> 24);
  }

  std::span<std::byte> memory() { return {memory_.get(), memory_bytes}; }

  // Where the file lies on the disk of the build; one in memory would do, but knows no such writes everywhere.
  static File file_on_disk() {
    std::string path = "direct_writer_XXXXXX";
    File file(::mkstemp(path.data()));
    ::unlink(path.c_str());
    return file;
  }

  static std::vector<std::byte> all_of(const File& file) {
    std::vector<std::byte> bytes(*file.size());
    EXPECT_EQ(*file.read_at(bytes, 0), bytes.size());
    return bytes;
  }

  // Writes in pieces of these sizes, one behind the other, each from `shift` bytes behind an aligned address.
  void expect_same(const File& file, std::initializer_list<std::size_t> sizes, std::size_t shift = 0) {
    DirectWriter writer;
    std::vector<std::byte> expected;
    for (const std::size_t size : sizes) {
      const auto piece = memory().subspan(shift, size);
      ASSERT_TRUE(writer.write_at(file, piece, expected.size()));
      expected.insert(expected.end(), piece.begin(), piece.end());
    }
    EXPECT_EQ(::fdatasync(file.fd()), 0);
    EXPECT_TRUE(all_of(file) == expected);
  }

 private:
  std::unique_ptr<std::byte, void (*)(void*)> memory_{
      static_cast<std::byte*>(std::aligned_alloc(DirectWriter::alignment, memory_bytes)), &std::free};
};

TEST_F(DirectWriterTest, writes_large_pieces_as_they_lie) {
  expect_same(file_on_disk(), {512 * 1024, 512 * 1024, 256 * 1024});
}

TEST_F(DirectWriterTest, writes_a_piece_that_ends_between_two_blocks) { expect_same(file_on_disk(), {300'001}); }

TEST_F(DirectWriterTest, goes_on_behind_a_piece_that_ended_between_two_blocks) {
  expect_same(file_on_disk(), {300'001, 512 * 1024 - 300'001, 512 * 1024, 5});
}

TEST_F(DirectWriterTest, writes_from_memory_that_is_not_aligned) { expect_same(file_on_disk(), {200'000, 70'000}, 7); }

TEST_F(DirectWriterTest, writes_small_pieces) { expect_same(file_on_disk(), {1, 4096, 0, 4096, 8191}); }

TEST_F(DirectWriterTest, writes_where_the_file_system_keeps_files_in_memory) {
  const File file(::memfd_create("direct_writer", MFD_CLOEXEC));
  expect_same(file, {512 * 1024, 300'001, 8});
}

TEST_F(DirectWriterTest, tells_that_a_file_may_not_grow_and_keeps_what_was_written_before) {
  const File file(::memfd_create("direct_writer", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  DirectWriter writer;
  ASSERT_TRUE(writer.write_at(file, memory().first(128 * 1024), 0));
  ASSERT_EQ(::fcntl(file.fd(), F_ADD_SEALS, F_SEAL_GROW), 0);
  EXPECT_FALSE(writer.write_at(file, memory().first(128 * 1024), 128 * 1024));
  EXPECT_EQ(all_of(file).size(), 128 * 1024U);
}

}  // namespace
}  // namespace soundbite
