#include "speech/piper/model_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace soundbite {
namespace {

// Counts loads; models are empty.
struct Loads {
  std::atomic<int> count = 0;
  LoadModel load() {
    return [this](const std::string&) -> LoadedModel {
      ++count;
      return std::make_shared<const VitsModel>();
    };
  }
};

constexpr FileStamp stamp{.inode = 1, .size = 2, .modified_ns = 3};
constexpr FileStamp other_stamp{.inode = 1, .size = 2, .modified_ns = 4};

TEST(ModelPool, loads_a_model_once_for_all_who_ask_at_once) {
  std::latch everyone(8);
  std::atomic<int> loads = 0;
  ModelPool pool(
      [&](const std::string&) -> LoadedModel {
        ++loads;
        return std::make_shared<const VitsModel>();
      },
      4);
  std::vector<std::shared_ptr<const VitsModel>> models(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < models.size(); ++i)
      threads.emplace_back([&, i] {
        everyone.arrive_and_wait();
        models[i] = pool.get("voice", stamp).value();
      });
  }
  EXPECT_EQ(loads, 1);
  for (const auto& model : models) EXPECT_EQ(model, models[0]);
}

TEST(ModelPool, loads_again_when_the_file_was_replaced) {
  Loads loads;
  ModelPool pool(loads.load(), 4);
  const auto before = pool.get("voice", stamp).value();
  EXPECT_NE(pool.get("voice", other_stamp).value(), before);
  EXPECT_EQ(loads.count, 2);
}

TEST(ModelPool, lets_the_least_recently_used_go_and_nobody_who_speaks) {
  Loads loads;
  ModelPool pool(loads.load(), 2);
  const auto speaking = pool.get("a", stamp).value();
  std::weak_ptr<const VitsModel> idle = pool.get("b", stamp).value();
  (void)pool.get("a", stamp);
  (void)pool.get("c", stamp);
  EXPECT_TRUE(idle.expired());
  (void)pool.get("a", stamp);
  EXPECT_EQ(loads.count, 3);
  (void)pool.get("d", stamp);
  (void)pool.get("e", stamp);
  EXPECT_TRUE(speaking);
}

TEST(ModelPool, does_not_keep_a_failure) {
  int calls = 0;
  ModelPool pool(
      [&](const std::string&) -> LoadedModel {
        if (++calls == 1) return fail(ErrorCode::unavailable, "not yet");
        if (calls == 2) throw std::runtime_error("worse");
        return std::make_shared<const VitsModel>();
      },
      4);
  EXPECT_EQ(pool.get("voice", stamp).error().code, ErrorCode::unavailable);
  EXPECT_EQ(pool.get("voice", stamp).error().code, ErrorCode::internal);
  EXPECT_TRUE(pool.get("voice", stamp));
}

}  // namespace
}  // namespace soundbite
