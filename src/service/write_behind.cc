#include "service/write_behind.h"

#include <vector>

namespace soundbite {

namespace {

// Batches that are done wait for the next upload on this thread: new memory costs the kernel more than what is written
// into it.
class Batches {
 public:
  std::vector<std::byte> take() {
    std::vector<std::byte> batch;
    if (!idle_.empty()) {
      batch = std::move(idle_.back());
      idle_.pop_back();
    }
    batch.reserve(WriteBehind::batch_bytes);
    return batch;
  }
  void give_back(std::vector<std::byte> batch) {
    if (batch.capacity() < WriteBehind::batch_bytes || idle_.size() == most) return;
    batch.clear();
    idle_.push_back(std::move(batch));
  }

 private:
  static constexpr std::size_t most = 16;  // 8 MiB

  std::vector<std::vector<std::byte>> idle_;
};

thread_local Batches batches;

}  // namespace

struct WriteBehind::State {
  State(const asio::any_io_executor& own_executor, Sink own_sink)
      : executor(own_executor), sink(std::move(own_sink)), written(own_executor) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    batches.give_back(std::move(collected));
    batches.give_back(std::move(under_way));
  }

  asio::any_io_executor executor;
  Sink sink;
  std::vector<std::byte> collected;
  std::vector<std::byte> under_way;
  bool busy = false;
  Result<void> result;
  Event written;
};

WriteBehind::WriteBehind(const asio::any_io_executor& executor, Sink sink)
    : state_(std::make_shared<State>(executor, std::move(sink))) {}

awaitable<Result<void>> WriteBehind::add(std::span<const std::byte> bytes) {
  auto& collected = state_->collected;
  while (!bytes.empty()) {
    if (collected.capacity() == 0) collected = batches.take();
    const auto part = bytes.first(std::min(bytes.size(), batch_bytes - collected.size()));
    collected.insert(collected.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (collected.size() < batch_bytes) break;
    if (auto handed = co_await hand_over(); !handed) co_return handed;
  }
  co_return state_->result;
}

awaitable<Result<void>> WriteBehind::flush() {
  if (!state_->collected.empty()) {
    if (auto handed = co_await hand_over(); !handed) co_return handed;
  }
  while (state_->busy) co_await state_->written.wait(Deadline::never());
  co_return state_->result;
}

awaitable<Result<void>> WriteBehind::hand_over() {
  State& state = *state_;
  while (state.busy) co_await state.written.wait(Deadline::never());
  if (!state.result) co_return state.result;
  std::swap(state.collected, state.under_way);
  state.collected.clear();
  state.busy = true;
  // Not in a TaskGroup: its state is its own, and flush() awaits it.
  asio::co_spawn(state.executor, write(state_), [state = state_](const std::exception_ptr& thrown) {
    if (thrown) state->result = fail(ErrorCode::internal, "a batch of an upload was not written: an exception");
    state->busy = false;
    state->written.notify();
  });
  co_return Result<void>{};
}

awaitable<void> WriteBehind::write(std::shared_ptr<State> state) {
  state->result = co_await state->sink(state->under_way);
}

}  // namespace soundbite
