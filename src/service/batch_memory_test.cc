#include "service/batch_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "base/direct_writer.h"

namespace soundbite {
namespace {

void add(Batch& batch, const std::vector<std::byte>& bytes) {
  std::ranges::copy(bytes, batch.room().begin());
  batch.grow(bytes.size());
}

Batch filled_with(std::uint8_t value) {
  Batch batch;
  add(batch, std::vector(Batch::capacity, std::byte(value)));
  return batch;
}

bool is_filled_with(const Batch& batch, std::uint8_t value) {
  return batch.bytes().size() == Batch::capacity &&
         std::ranges::all_of(batch.bytes(), [value](std::byte one) { return one == std::byte(value); });
}

TEST(BatchTest, collects_bytes_until_it_is_cleared) {
  Batch batch;
  EXPECT_TRUE(batch.bytes().empty());
  add(batch, std::vector(3, std::byte{1}));
  add(batch, std::vector(2, std::byte{2}));
  EXPECT_EQ(batch.room().size(), Batch::capacity - 5);
  EXPECT_TRUE(std::ranges::equal(batch.bytes(),
                                 std::vector{std::byte{1}, std::byte{1}, std::byte{1}, std::byte{2}, std::byte{2}}));
  batch.clear();
  EXPECT_TRUE(batch.bytes().empty());
}

TEST(BatchTest, lies_where_a_disk_can_take_it_from) {
  const Batch batch = filled_with(1);
  EXPECT_EQ(std::uintptr_t(batch.bytes().data()) % DirectWriter::alignment, 0U);
  EXPECT_EQ(Batch::capacity % DirectWriter::alignment, 0U);
}

TEST(BatchTest, shares_no_memory_with_the_others) {
  std::vector<Batch> batches;
  for (std::uint8_t i = 0; i < 50; ++i) batches.push_back(filled_with(i));
  for (std::uint8_t i = 0; i < 50; i += 3) batches[i] = filled_with(std::uint8_t(i + 100));
  for (std::uint8_t i = 0; i < 50; ++i) {
    EXPECT_TRUE(is_filled_with(batches[i], i % 3 == 0 ? std::uint8_t(i + 100) : i)) << int(i);
  }
}

TEST(BatchTest, uses_memory_again_that_was_given_back) {
  const std::byte* first = filled_with(1).bytes().data();
  EXPECT_EQ(filled_with(2).bytes().data(), first);
}

TEST(BatchTest, is_taken_and_given_back_by_many_threads) {
  std::vector<std::jthread> threads;
  for (std::uint8_t t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 20; ++i) {
        const Batch one = filled_with(t);
        const Batch other = filled_with(std::uint8_t(t + 10));
        EXPECT_TRUE(is_filled_with(one, t));
        EXPECT_TRUE(is_filled_with(other, std::uint8_t(t + 10)));
      }
    });
  }
}

}  // namespace
}  // namespace soundbite
