#include "service/write_behind.h"

#include <algorithm>

#include "service/batch_memory.h"

namespace soundbite {

struct WriteBehind::State {
  State(const asio::any_io_executor& own_executor, Sink own_sink, std::uint64_t begin)
      : executor(own_executor), sink(std::move(own_sink)), offset(begin), written(own_executor) {}

  // Bytes until the batch ends: at a multiple of its capacity in the file, wherever the upload goes on.
  std::size_t missing() const { return Batch::capacity - offset % Batch::capacity; }

  asio::any_io_executor executor;
  Sink sink;
  std::uint64_t offset;  // in the file, of what comes next
  Batch collected;
  Batch under_way;
  bool busy = false;
  Result<void> result;
  Event written;
};

WriteBehind::WriteBehind(const asio::any_io_executor& executor, std::uint64_t offset, Sink sink)
    : state_(std::make_shared<State>(executor, std::move(sink), offset)) {}

std::span<std::byte> WriteBehind::room() { return state_->collected.room().first(state_->missing()); }

awaitable<Result<void>> WriteBehind::took(std::size_t bytes) {
  State& state = *state_;
  if (!state.result) co_return state.result;  // a batch that could not be handed over is still full
  const bool full = bytes == state.missing();
  state.collected.grow(bytes);
  state.offset += bytes;
  if (full) co_return co_await hand_over();
  co_return state.result;
}

awaitable<Result<void>> WriteBehind::add(std::span<const std::byte> bytes) {
  Result<void> taken = state_->result;
  while (taken && !bytes.empty()) {
    const auto place = room();
    const auto part = bytes.first(std::min(bytes.size(), place.size()));
    std::ranges::copy(part, place.begin());
    bytes = bytes.subspan(part.size());
    taken = co_await took(part.size());
  }
  co_return taken;
}

awaitable<Result<void>> WriteBehind::flush() {
  if (!state_->collected.bytes().empty()) {
    if (auto handed = co_await hand_over(); !handed) co_return handed;
  }
  co_return co_await idle();
}

awaitable<Result<std::span<const std::byte>>> WriteBehind::rest() {
  if (auto taken = co_await idle(); !taken) co_return std::unexpected(taken.error());
  co_return state_->collected.bytes();
}

awaitable<Result<void>> WriteBehind::idle() {
  while (state_->busy) co_await state_->written.wait(Deadline::never());
  co_return state_->result;
}

awaitable<Result<void>> WriteBehind::hand_over() {
  State& state = *state_;
  if (auto taken = co_await idle(); !taken) co_return taken;
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
  state->result = co_await state->sink(state->under_way.bytes());
}

}  // namespace soundbite
