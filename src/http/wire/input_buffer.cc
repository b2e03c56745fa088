#include "http/wire/input_buffer.h"

#include <algorithm>
#include <cstring>

namespace soundbite {

std::span<char> InputBuffer::space(std::size_t size) {
  const std::size_t held = end_ - begin_;
  if (held == 0) begin_ = end_ = 0;
  if (capacity_ - end_ < size) {
    if (capacity_ - held >= size) {
      std::memmove(data_.get(), data_.get() + begin_, held);
    } else {
      const std::size_t capacity = std::max(capacity_ * 2, held + size);
      auto larger = std::make_unique_for_overwrite<char[]>(capacity);
      if (held > 0) std::memcpy(larger.get(), data_.get() + begin_, held);
      data_ = std::move(larger);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = held;
  }
  return {data_.get() + end_, capacity_ - end_};
}

std::unique_ptr<char[]> InputBuffer::hand_over() {
  InputBuffer fresh;
  const std::string_view waiting = bytes();
  if (!waiting.empty()) {
    std::memcpy(fresh.space(waiting.size()).data(), waiting.data(), waiting.size());
    fresh.commit(waiting.size());
  }
  auto old = std::move(data_);
  *this = std::move(fresh);
  return old;
}

void InputBuffer::release() {
  data_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace soundbite
