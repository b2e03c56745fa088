// Memory that bytes on their way to the disk are collected in.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace soundbite {

// A fixed piece of memory, there from the first byte on and filled from its start. Each for one thread at a time. Two
// share one huge page where the kernel has one to give: a disk then takes a batch in one piece (docs/decisions/0111).
// Some that are given back wait for the next upload: new memory costs the kernel more than what is written into it.
class Batch {
 public:
  static constexpr std::size_t capacity = 1024 * 1024;  // a multiple of what DirectWriter is aligned to

  std::span<const std::byte> bytes() const { return {memory_.get(), size_}; }
  // What is left of the capacity, behind the bytes.
  std::span<std::byte> room();
  // So many bytes were written into the room.
  void grow(std::size_t bytes) { size_ += bytes; }
  void clear() { size_ = 0; }

 private:
  struct GiveBack {
    void operator()(std::byte* memory) const;
  };

  std::unique_ptr<std::byte, GiveBack> memory_;
  std::size_t size_ = 0;
};

}  // namespace soundbite
