// Bytes that came and were not taken yet, in one piece.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace soundbite {

// For one thread. Views of bytes() stay good until space() or release() is called.
class InputBuffer {
 public:
  std::string_view bytes() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  bool holds_memory() const { return data_ != nullptr; }

  // Takes `n` bytes away from the front.
  void consume(std::size_t n) { begin_ += n; }

  // Room for at least `size` more bytes behind the last.
  std::span<char> space(std::size_t size);
  // `n` bytes were written into the room.
  void commit(std::size_t n) { end_ += n; }

  // Hands over the memory, so that views of what was consumed stay good; the bytes that wait are copied to new memory.
  std::unique_ptr<char[]> hand_over();

  // Gives the memory back. Only when empty.
  void release();

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace soundbite
