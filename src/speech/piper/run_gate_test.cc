#include "speech/piper/run_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace soundbite {
namespace {

TEST(RunGate, lets_no_more_through_than_it_has_places) {
  RunGate gate(2);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 200; ++round) {
          const auto pass = gate.enter({});
          const int now = ++inside;
          int seen = most.load();
          while (now > seen && !most.compare_exchange_weak(seen, now)) {
          }
          --inside;
        }
      });
  }
  EXPECT_LE(most, 2);
}

TEST(RunGate, gives_up_waiting_when_stopped) {
  RunGate gate(1);
  const auto taken = gate.enter({});
  std::stop_source stop;
  std::optional<ErrorCode> answer;
  {
    std::jthread waiter([&] {
      const auto pass = gate.enter(stop.get_token());
      if (!pass) answer = pass.error().code;
    });
    stop.request_stop();
  }
  EXPECT_EQ(answer, ErrorCode::cancelled);
}

}  // namespace
}  // namespace soundbite
