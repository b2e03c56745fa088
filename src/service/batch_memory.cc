#include "service/batch_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <bitset>
#include <cstdlib>
#include <list>
#include <mutex>
#include <new>

namespace soundbite {

namespace {

constexpr std::size_t block_bytes = 2 * 1024 * 1024;  // a huge page of x86-64, and of arm64 with pages of 4 KiB
constexpr std::size_t batches_in_block = block_bytes / Batch::capacity;
constexpr std::size_t most_idle_blocks = 4;

class Block {
 public:
  Block() : memory_(static_cast<std::byte*>(std::aligned_alloc(block_bytes, block_bytes)), &std::free) {
    if (!memory_) throw std::bad_alloc();
    (void)::madvise(memory_.get(), block_bytes, MADV_HUGEPAGE);  // without it: the same, slower
  }

  bool full() const { return taken_.all(); }
  bool idle() const { return taken_.none(); }
  bool has(const std::byte* batch) const { return std::uintptr_t(batch) - std::uintptr_t(memory_.get()) < block_bytes; }
  std::byte* take() {
    std::size_t i = 0;
    while (taken_[i]) ++i;
    taken_.set(i);
    return memory_.get() + i * Batch::capacity;
  }
  void give_back(const std::byte* batch) { taken_.reset(std::size_t(batch - memory_.get()) / Batch::capacity); }

 private:
  std::unique_ptr<std::byte, void (*)(void*)> memory_;
  std::bitset<batches_in_block> taken_;
};

class BatchMemory {
 public:
  std::byte* take() {
    const std::lock_guard lock(mutex_);
    auto block = std::ranges::find_if_not(blocks_, &Block::full);
    if (block == blocks_.end()) block = blocks_.emplace(blocks_.end());
    return block->take();
  }
  void give_back(const std::byte* batch) {
    const std::lock_guard lock(mutex_);
    const auto block = std::ranges::find_if(blocks_, [batch](const Block& one) { return one.has(batch); });
    block->give_back(batch);
    if (block->idle() && std::ranges::count_if(blocks_, &Block::idle) > std::ptrdiff_t(most_idle_blocks)) {
      blocks_.erase(block);
    }
  }

 private:
  std::mutex mutex_;
  std::list<Block> blocks_;
};

BatchMemory& memory() {
  static BatchMemory all;
  return all;
}

}  // namespace

std::span<std::byte> Batch::room() {
  if (!memory_) memory_.reset(memory().take());
  return {memory_.get() + size_, capacity - size_};
}

void Batch::GiveBack::operator()(std::byte* batch) const { memory().give_back(batch); }

}  // namespace soundbite
