// Finished bytes.
#include <unistd.h>

#include "tests/contract/contract.h"

namespace soundbite {

namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::string read(const Blob& blob) {
  std::string text(blob.bytes, '\0');
  EXPECT_EQ(blob.file.read_at(std::as_writable_bytes(std::span(text)), 0), blob.bytes);
  return text;
}

class BlobContract : public Contract {
 protected:
  std::string key_of(const std::string& name = "audio.mp3") {
    return "jobs/" + JobId::make(clock_.now(), *random_).text() + "/1/" + name;
  }
  Scratch written(const std::string& text) {
    auto scratch = must(blobs().scratch(soon()));
    scratch.file.write_all(std::as_bytes(std::span(text))).value();
    return scratch;
  }
  void put(const std::string& key, const std::string& text) { must(blobs().put(key, written(text), soon())); }
  std::string read_key(const std::string& key) { return read(must(blobs().open(key, soon()))); }
  std::vector<std::string> list_all(std::size_t limit = 100, Milliseconds min_age = {}) {
    std::vector<std::string> keys;
    std::string after;
    do {
      auto page = must(blobs().list(after, limit, min_age, soon()));
      EXPECT_LE(page.keys.size(), limit);
      keys.insert(keys.end(), page.keys.begin(), page.keys.end());
      after = page.next;
    } while (!after.empty());
    return keys;
  }
  // Blobs carry the time of the machine; a moment later all of them count as put before.
  void let_a_moment_pass() {
    clock_.set(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()) + Seconds(1));
  }
};

TEST_P(BlobContract, gives_back_what_was_put) {
  const auto key = key_of();
  put(key, "hello");
  EXPECT_EQ(read_key(key), "hello");
  reopen();
  EXPECT_EQ(read_key(key), "hello");
}

TEST_P(BlobContract, keeps_an_empty_blob) {
  const auto key = key_of();
  put(key, "");
  EXPECT_EQ(must(blobs().open(key, soon())).bytes, 0U);
}

TEST_P(BlobContract, gives_scratch_files_that_can_be_read_and_rewritten) {
  const auto scratch = written("0123456789");
  EXPECT_EQ(::pwrite(scratch.file.fd(), "abc", 3, 2), 3);
  std::string text(10, '\0');
  EXPECT_EQ(scratch.file.read_at(std::as_writable_bytes(std::span(text)), 0), 10U);
  EXPECT_EQ(text, "01abc56789");
}

TEST_P(BlobContract, forgets_scratch_that_is_not_put) {
  {
    const auto dropped = written("nothing");
  }
  let_a_moment_pass();
  EXPECT_THAT(list_all(), IsEmpty());
}

TEST_P(BlobContract, writes_a_key_once) {
  const auto key = key_of();
  put(key, "first");
  EXPECT_EQ(error_of(blobs().put(key, written("second"), soon())), ErrorCode::conflict);
  EXPECT_EQ(read_key(key), "first");
}

TEST_P(BlobContract, tells_an_unknown_key) {
  EXPECT_EQ(error_of(blobs().open(key_of(), soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(blobs().open("../../etc/passwd", soon())), ErrorCode::not_found);
}

TEST_P(BlobContract, refuses_keys_that_are_not_of_our_making) {
  for (const std::string key : {"", "jobs", "/jobs/1/x", "jobs/../../x", "jobs/./x", "jobs//x", "jobs/1/X", "jobs/1/",
                                "jobs/1/a b", "jobs/1/a\n"}) {
    EXPECT_EQ(error_of(blobs().put(key, written("x"), soon())), ErrorCode::invalid) << key;
  }
}

TEST_P(BlobContract, removes_also_what_is_not_there) {
  const auto key = key_of();
  put(key, "x");
  must(blobs().remove(key, soon()));
  must(blobs().remove(key, soon()));
  EXPECT_EQ(error_of(blobs().open(key, soon())), ErrorCode::not_found);
}

TEST_P(BlobContract, can_put_again_what_was_removed) {
  const auto key = key_of();
  put(key, "first");
  must(blobs().remove(key, soon()));
  put(key, "second");
  EXPECT_EQ(read_key(key), "second");
}

TEST_P(BlobContract, lets_a_reader_finish_a_blob_that_is_removed_meanwhile) {
  const auto key = key_of();
  put(key, "still here");
  const auto blob = must(blobs().open(key, soon()));
  must(blobs().remove(key, soon()));
  EXPECT_EQ(read(blob), "still here");
}

TEST_P(BlobContract, lists_all_keys_in_order_whatever_the_page) {
  std::vector<std::string> keys{"a-b/1/x",        "a/1/x",           "jobs/a/x",         "jobs/a-b/x",
                                "jobs/abcdefg/x", "jobs/abcdefgh/x", "jobs/abcdefg-1/x", "jobs/abcdef/x"};
  for (int i = 0; i < 6; ++i) {
    clock_.advance(std::chrono::minutes(7));
    const auto key = key_of();
    keys.push_back(key);
    keys.push_back(key + ".peaks");
  }
  for (const auto& key : keys) put(key, "x");
  std::ranges::sort(keys);
  let_a_moment_pass();
  for (const std::size_t limit : {1, 3, 100}) EXPECT_THAT(list_all(limit), ElementsAreArray(keys)) << limit;
}

TEST_P(BlobContract, lists_only_what_is_old_enough) {
  const auto key = key_of();
  put(key, "x");
  clock_.set(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()));
  EXPECT_THAT(list_all(100, std::chrono::minutes(1)), IsEmpty());
  clock_.advance(std::chrono::minutes(2));
  EXPECT_THAT(list_all(100, std::chrono::minutes(1)), ElementsAre(key));
}

TEST_P(BlobContract, keeps_every_one_of_many_put_and_removed_at_once) {
  const std::string root = "jobs/" + JobId::make(clock_.now(), *random_).text();
  for (int i = 0; i < 8; ++i) {
    spawn([](BlobStore& store, std::string prefix) -> awaitable<void> {
      for (int round = 0; round < 10; ++round) {
        auto scratch = co_await store.scratch(soon());
        const std::string text = prefix;
        EXPECT_TRUE(scratch.value().file.write_all(std::as_bytes(std::span(text))).has_value());
        EXPECT_TRUE((co_await store.put(prefix + "/audio", std::move(*scratch), soon())).has_value());
        EXPECT_EQ(read((co_await store.open(prefix + "/audio", soon())).value()), prefix);
        EXPECT_TRUE((co_await store.remove(prefix + "/audio", soon())).has_value());
      }
    }(blobs(), root + "/" + std::to_string(i)));
  }
  finish();
  let_a_moment_pass();
  EXPECT_THAT(list_all(), IsEmpty());
}

TEST_P(BlobContract, has_room_on_a_disk_with_room) { EXPECT_TRUE(blobs().has_room()); }

RUN_AGAINST_ALL_ADAPTERS(BlobContract);

}  // namespace

}  // namespace soundbite
