#include "adapter/embedded/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <latch>
#include <stdexcept>

#include "adapter/embedded/test_folder.h"
#include "base/file.h"
#include "base/random.h"

namespace soundbite::embedded {
namespace {

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    EXPECT_TRUE(writer_.open().has_value());
    writer_.start(timers_.get_executor());
  }
  ~WriterTest() override {
    writer_.stop();
    timers_.join();
  }

  Job job() {
    return {.id = JobId::make(Time(Milliseconds(1)), *random_), .expires_at = Time(std::chrono::days(40'000))};
  }
  // Runs with everything spawned before it, and notes the answer.
  template <class Apply>
  void spawn(Apply apply, std::optional<Result<int>>& answer, Deadline deadline = Deadline::never()) {
    asio::co_spawn(
        io_,
        [](Writer& writer, Apply step, Deadline until, std::optional<Result<int>>& out) -> awaitable<void> {
          out = co_await writer.run<int>(until, std::move(step));
        }(writer_, std::move(apply), deadline, answer),
        [](const std::exception_ptr& error) {
          if (error) std::rethrow_exception(error);
        });
  }
  // Holds the writer's thread until `gate` opens; what is spawned after this waits together.
  void hang_until(std::latch& gate, std::optional<Result<int>>& answer) {
    spawn(
        [this, &gate](JobTable&) -> Result<int> {
          begun_.count_down();
          gate.wait();
          return 0;
        },
        answer);
    asio::post(io_, [this] { begun_.wait(); });
  }
  auto insert(const Job& one) {
    return [one](JobTable& table) -> Result<int> {
      if (auto inserted = table.insert(one, "{}", {}); !inserted) return std::unexpected(inserted.error());
      return 1;
    };
  }

  TestFolder test_;
  File folder_{::open(test_.path().c_str(), O_RDONLY | O_DIRECTORY)};
  Log log_{LogFormat::text, LogLevel::off};
  prometheus::Registry registry_;
  StoreMetrics metrics_{registry_};
  DiskSpace disk_{folder_.fd(), 0, log_, metrics_.disk_free_bytes};
  std::unique_ptr<Random> random_ = make_seeded_random(3);
  asio::thread_pool timers_{1};
  asio::io_context io_{1};
  std::latch begun_{1};
  Changes committed_;
  Counts counts_;
  Writer writer_{test_.path("test.db"), disk_, log_, metrics_, [this](const Changes& changes, const Counts& counts) {
                   committed_.insert(committed_.end(), changes.begin(), changes.end());
                   counts_ = counts;
                 }};
};

TEST_F(WriterTest, undoes_the_operation_that_fails_and_keeps_the_others_of_its_group) {
  std::latch gate(1);
  std::optional<Result<int>> held;
  std::optional<Result<int>> kept;
  std::optional<Result<int>> undone;
  const Job good = job();
  const Job bad = job();
  hang_until(gate, held);
  spawn(
      [this, bad](JobTable& table) -> Result<int> {
        EXPECT_TRUE(insert(bad)(table).has_value());
        return fail(ErrorCode::conflict, "no");
      },
      undone);
  spawn(insert(good), kept);
  asio::post(io_, [&gate] { gate.count_down(); });
  io_.run();
  EXPECT_EQ(undone->error().code, ErrorCode::conflict);
  EXPECT_TRUE(kept->has_value());
  ASSERT_EQ(committed_.size(), 1U);
  EXPECT_EQ(committed_.front().id, good.id);
  EXPECT_EQ(counts_.of(Status::pending), 1);
}

TEST_F(WriterTest, lets_an_exception_fail_its_own_operation_only) {
  std::optional<Result<int>> thrown;
  std::optional<Result<int>> kept;
  spawn([](JobTable&) -> Result<int> { throw std::runtime_error("a bug"); }, thrown);
  spawn(insert(job()), kept);
  io_.run();
  EXPECT_EQ(thrown->error().code, ErrorCode::internal);
  EXPECT_TRUE(kept->has_value());
}

TEST_F(WriterTest, answers_who_waits_too_long_for_a_disk_that_hangs) {
  std::latch gate(1);
  std::optional<Result<int>> held;
  std::optional<Result<int>> overdue;
  hang_until(gate, held);
  asio::co_spawn(
      io_,
      [](Writer& writer, std::optional<Result<int>>& out, std::latch& open) -> awaitable<void> {
        out = co_await writer.run<int>(Deadline::in(Milliseconds(20)), [](JobTable&) -> Result<int> {
          ADD_FAILURE() << "this was to be removed";
          return 0;
        });
        open.count_down();  // the writer still hangs: only now may it go on
      }(writer_, overdue, gate),
      asio::detached);
  io_.run();
  EXPECT_EQ(overdue->error().code, ErrorCode::timeout);
  EXPECT_TRUE(held->has_value());
}

TEST_F(WriterTest, refuses_everything_once_the_file_is_known_to_be_damaged) {
  writer_.refuse_as_corrupt();
  std::optional<Result<int>> refused;
  spawn(insert(job()), refused);
  io_.run();
  EXPECT_EQ(refused->error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace soundbite::embedded
