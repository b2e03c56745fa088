#include "service/write_behind.h"

#include <gtest/gtest.h>

#include "service/batch_memory.h"
#include "tests/support/coroutine_runner.h"

namespace soundbite {
namespace {

constexpr std::size_t batch = Batch::capacity;

class WriteBehindTest : public testing::Test, protected CoroutineRunner {
 protected:
  // Takes batches down, one turn of the executor later; fails at the one with that number.
  WriteBehind::Sink sink(std::size_t fails_at = 100) {
    return [this, fails_at](std::span<const std::byte> bytes) -> awaitable<Result<void>> {
      EXPECT_FALSE(std::exchange(busy, true)) << "one batch at a time";
      co_await asio::post(io, asio::use_awaitable);
      busy = false;
      sizes.push_back(bytes.size());
      for (const std::byte one : bytes) sum += static_cast<std::uint64_t>(one);
      if (sizes.size() == fails_at) co_return fail(ErrorCode::storage_full, "full");
      co_return Result<void>{};
    };
  }

  std::vector<std::size_t> sizes;
  std::uint64_t sum = 0;
  bool busy = false;
};

TEST_F(WriteBehindTest, makes_batches_of_pieces_and_gives_the_rest_at_the_end) {
  WriteBehind writing(io.get_executor(), 0, sink());
  const std::vector<std::byte> piece(1000, std::byte{1});
  const std::size_t pieces = 2 * batch / piece.size() + 10;
  const auto written =
      run([](WriteBehind& to, std::span<const std::byte> bytes, std::size_t count) -> awaitable<Result<void>> {
        for (std::size_t i = 0; i < count; ++i) {
          if (auto added = co_await to.add(bytes); !added) co_return added;
        }
        co_return co_await to.flush();
      }(writing, piece, pieces));
  EXPECT_TRUE(written);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{batch, batch, pieces * 1000 - 2 * batch}));
  EXPECT_EQ(sum, pieces * 1000);
}

TEST_F(WriteBehindTest, splits_a_piece_that_is_larger_than_a_batch) {
  WriteBehind writing(io.get_executor(), 0, sink());
  const std::vector<std::byte> piece(3 * batch + 1);
  EXPECT_TRUE(run(writing.add(piece)));
  EXPECT_TRUE(run(writing.flush()));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{batch, batch, batch, 1}));
}

TEST_F(WriteBehindTest, offers_room_up_to_the_end_of_a_batch_for_bytes_that_need_no_copy) {
  WriteBehind writing(io.get_executor(), 2 * batch + 1000, sink());
  EXPECT_EQ(writing.room().size(), batch - 1000);
  writing.room().front() = std::byte{7};
  EXPECT_TRUE(run(writing.took(1)));
  EXPECT_EQ(writing.room().size(), batch - 1001);
  EXPECT_TRUE(run(writing.took(batch - 1001)));
  EXPECT_EQ(writing.room().size(), batch);
  EXPECT_TRUE(run(writing.took(5)));
  EXPECT_TRUE(run(writing.flush()));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{batch - 1000, 5}));
  EXPECT_GE(sum, 7U);
}

TEST_F(WriteBehindTest, ends_batches_where_they_can_be_written_as_they_lie_wherever_an_upload_goes_on) {
  WriteBehind writing(io.get_executor(), 3 * batch + 1000, sink());
  const std::vector<std::byte> piece(2 * batch);
  EXPECT_TRUE(run(writing.add(piece)));
  EXPECT_TRUE(run(writing.flush()));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{batch - 1000, batch, 1000}));
}

TEST_F(WriteBehindTest, leaves_the_rest_to_who_asks_for_it) {
  WriteBehind writing(io.get_executor(), 0, sink());
  const std::vector<std::byte> piece(batch + 3, std::byte{1});
  EXPECT_TRUE(run(writing.add(piece)));
  const auto rest = run(writing.rest());
  ASSERT_TRUE(rest);
  EXPECT_EQ(std::vector(rest->begin(), rest->end()), std::vector(3, std::byte{1}));
  EXPECT_EQ(sizes, std::vector{batch});
}

TEST_F(WriteBehindTest, tells_the_error_of_a_batch_and_writes_no_other) {
  WriteBehind writing(io.get_executor(), 0, sink(2));
  const std::vector<std::byte> piece(5 * batch);
  const auto added = run(writing.add(piece));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::storage_full);
  EXPECT_FALSE(run(writing.flush()));
  EXPECT_FALSE(run(writing.add(piece))) << "and takes no more";
  EXPECT_FALSE(run(writing.rest()));
  EXPECT_FALSE(run(writing.flush()));
  EXPECT_EQ(sizes.size(), 2U);
}

TEST_F(WriteBehindTest, may_go_while_a_batch_is_under_way) {
  {
    WriteBehind writing(io.get_executor(), 0, sink());
    const std::vector<std::byte> piece(batch);
    EXPECT_TRUE(run(writing.add(piece)));
  }
  finish();
  EXPECT_EQ(sizes.size(), 1U);
}

}  // namespace
}  // namespace soundbite
