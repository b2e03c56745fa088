// Collects what arrives in small pieces and writes it in large ones, one behind while the next is collected.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/async.h"
#include "base/error.h"

namespace soundbite {

// For one coroutine. Holds at most two batches; who adds faster than the sink takes waits.
class WriteBehind {
 public:
  // Takes one batch, which stays in place until it has answered. Called for one batch at a time, in order, and not
  // again after an error. What it uses must be its own: it may outlive this object by the batch under way.
  using Sink = std::function<awaitable<Result<void>>(std::span<const std::byte> batch)>;

  // `offset` of what comes first, in the file. Batches end at multiples of Batch::capacity in it and begin at the start
  // of one's memory, so that all but the first of an upload that goes on can be written as they lie (DirectWriter).
  WriteBehind(const asio::any_io_executor& executor, std::uint64_t offset, Sink sink);

  // Where the next bytes belong; never empty. Good until the next call of another kind; none after an error.
  std::span<std::byte> room();
  // So many bytes were written into the room. The first error of the sink is answered by the next call, and by every
  // one after it.
  awaitable<Result<void>> took(std::size_t bytes);
  // The same for bytes that lie elsewhere: copies them.
  awaitable<Result<void>> add(std::span<const std::byte> bytes);
  // All that was added has been taken by the sink.
  awaitable<Result<void>> flush();
  // All but these bytes, less than a batch, has been taken by the sink, and nobody gives it these: for who has a better
  // use for them. They stay in place as long as this object, and nothing more is added.
  awaitable<Result<std::span<const std::byte>>> rest();

 private:
  struct State;
  static awaitable<void> write(std::shared_ptr<State> state);
  awaitable<Result<void>> hand_over();
  awaitable<Result<void>> idle();

  std::shared_ptr<State> state_;
};

}  // namespace soundbite
