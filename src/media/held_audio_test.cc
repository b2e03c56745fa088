#include "media/held_audio.h"

#include <gmock/gmock.h>

#include "media/processor_test.h"

namespace soundbite::media {
namespace {

class Queue {
 public:
  explicit Queue(SpoolRoom& room) : held_(room, 2) {}

  void put(std::size_t count) {
    std::vector<float> left(count), right(count);
    for (std::size_t i = 0; i < count; ++i) right[i] = -(left[i] = static_cast<float>(next_in_++));
    const std::array<const float*, 2> planes = {left.data(), right.data()};
    require(held_.append({.channels = planes, .frames = count}).has_value(), "not held");
  }
  // True when they are the next ones.
  bool take(std::size_t count) {
    bool right = true;
    const auto done = held_.take(count, [&](const AudioBlock& block) -> Result<void> {
      for (std::size_t i = 0; i < block.frames; ++i, ++next_out_) {
        const auto expected = static_cast<float>(next_out_);
        right = right && block.channels[0][i] == expected && block.channels[1][i] == -expected;
      }
      return {};
    });
    return done && right && next_in_ - next_out_ == held_.frames();
  }
  void drop(std::size_t count) {
    held_.drop(count);
    next_out_ += count;
  }
  std::uint64_t frames() const { return held_.frames(); }

 private:
  HeldAudio held_;
  std::size_t next_in_ = 0, next_out_ = 0;
};

TEST(HeldAudio, gives_back_what_it_was_given_from_memory_and_from_the_file) {
  for (const std::uint64_t memory : {0UL, 3UL << 17, 1UL << 30}) {
    const File file = memory_file();
    SpoolRoom room(file.fd(), memory);
    Queue queue(room);
    for (std::size_t i = 0; i < 60; ++i) {
      queue.put(7'001 + i * 97 % 20'000);
      if (i % 3 == 0) ASSERT_TRUE(queue.take(queue.frames() / 2 + i % 2));
      if (i % 7 == 0) queue.drop(queue.frames() / 5);
    }
    EXPECT_TRUE(queue.take(queue.frames()));
    EXPECT_EQ(queue.frames(), 0);
  }
}

TEST(HeldAudio, takes_no_more_of_the_file_than_it_holds_at_once) {
  const File file = memory_file();
  SpoolRoom room(file.fd(), 0);
  for (int pass = 0; pass < 3; ++pass) {
    Queue queue(room);
    queue.put(4 * chunk_frames);
    for (int i = 0; i < 20; ++i) {
      queue.put(chunk_frames);
      ASSERT_TRUE(queue.take(chunk_frames));
    }
  }
  EXPECT_LE(*file.size(), 5 * 2 * chunk_frames * sizeof(float));
}

TEST(HeldAudio, says_when_there_is_no_room_left) {
  const File full(::open("/dev/full", O_RDWR | O_CLOEXEC));
  SpoolRoom room(full.fd(), 0);
  HeldAudio held(room, 1);
  const std::vector<float> samples(chunk_frames);
  const float* plane = samples.data();
  const auto done = held.append({.channels = {&plane, 1}, .frames = samples.size()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::storage_full);
}

}  // namespace
}  // namespace soundbite::media
