// Files and uploads as they lie in the data folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "adapter/embedded/embedded_store.h"
#include "adapter/embedded/test_folder.h"
#include "tests/support/coroutine_runner.h"

namespace soundbite {
namespace {

namespace fs = std::filesystem;

class Recordings : public testing::Test, protected CoroutineRunner {
 protected:
  Recordings() { open(); }
  void open(std::uint64_t reserve_bytes = 1 << 20) {
    store_.reset();
    registry_ = std::make_unique<prometheus::Registry>();
    auto store =
        open_embedded_store({.data_dir = data_, .reserve_bytes = reserve_bytes}, clock_, *random_, log_, *registry_);
    if (!store) throw std::runtime_error(store.error().message);
    store_ = std::move(*store);
  }
  void open_on_a_full_disk() { open(std::uint64_t(1) << 60); }

  template <class T>
  ErrorCode error_of(awaitable<Result<T>> call) {
    return run(std::move(call)).error().code;
  }
  static Deadline soon() { return Deadline::in(Seconds(20)); }

  StoredFile file(std::uint64_t bytes) {
    return {.id = FileId::make(clock_.now(), *random_), .bytes = bytes, .expires_at = clock_.now() + Seconds(60)};
  }
  StoredFile add(const std::string& text) {
    auto made = file(text.size());
    auto scratch = must(store_->blobs().scratch(soon()));
    scratch.file.write_all(std::as_bytes(std::span(text))).value();
    must(store_->files().add(made, std::move(scratch), soon()));
    return made;
  }
  Upload upload() { return {.id = UploadId::make(clock_.now(), *random_), .expires_at = clock_.now() + Seconds(60)}; }
  UploadId create() {
    auto made = upload();
    const UploadId id = made.id;
    must(store_->uploads().create(std::move(made), soon()));
    return id;
  }
  std::unique_ptr<UploadWriter> acquire(UploadId id) { return must(store_->uploads().acquire(id, {}, soon())); }
  void append(UploadWriter& writer, const std::string& text) {
    must(writer.append(std::as_bytes(std::span(text)), soon()));
  }
  // The writer is gone after this.
  UploadId create_with(const std::string& text) {
    const UploadId id = create();
    const auto writer = acquire(id);
    append(*writer, text);
    must(writer->keep({}, soon()));
    return id;
  }
  void become(UploadWriter& writer, const StoredFile& made) {
    must(writer.place(made.id, {}, soon()));
    must(writer.become(made, soon()));
  }
  std::string path_of(UploadId id) const { return data_ + "/uploads/" + id.text(); }
  std::string path_of(FileId id) const { return data_ + "/blobs/files/" + id.text().substr(0, 7) + "/" + id.text(); }
  static ino_t inode_of(const std::string& path) {
    struct stat info{};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_ino;
  }
  double gauge(const std::string& name) const {
    for (const auto& family : registry_->Collect()) {
      if (family.name == name) return family.metric.front().gauge.value;
    }
    return -1;
  }
  std::uint64_t groups() const {
    for (const auto& family : registry_->Collect()) {
      if (family.name == "soundbite_store_group_size") return family.metric.front().histogram.sample_count;
    }
    return 0;
  }

  embedded::TestFolder folder_;
  const std::string data_ = folder_.path("data");
  ManualClock clock_{Time(std::chrono::days(20'000))};
  std::unique_ptr<Random> random_ = make_seeded_random(1);
  Log log_{LogFormat::text, LogLevel::off};
  std::unique_ptr<prometheus::Registry> registry_;
  std::unique_ptr<EmbeddedStore> store_;
};

TEST_F(Recordings, become_blobs_without_a_copy_and_leave_no_second_name) {
  const UploadId id = create_with("bytes");
  const auto inode = inode_of(path_of(id));
  const auto made = file(5);
  become(*acquire(id), made);
  EXPECT_EQ(inode_of(path_of(made.id)), inode);
  EXPECT_FALSE(fs::exists(path_of(id)));
}

TEST_F(Recordings, become_a_file_also_after_a_crash_between_the_name_and_the_record) {
  const UploadId id = create_with("bytes");
  const auto same = file(5);
  fs::create_directories(fs::path(path_of(same.id)).parent_path());
  fs::create_hard_link(path_of(id), path_of(same.id));
  open();
  become(*acquire(id), same);
  EXPECT_EQ(must(store_->files().get(same.id, {}, soon())), same);
  EXPECT_TRUE(fs::exists(path_of(same.id)));
}

TEST_F(Recordings, forget_at_the_next_start_what_a_crash_left_of_an_upload) {
  const UploadId under_way = create_with("bytes");
  const UploadId done = create_with("bytes");
  become(*acquire(done), file(5));
  const UploadId unknown = upload().id;
  store_.reset();
  for (const auto id : {done, unknown}) std::ofstream(path_of(id)) << "left";
  open();
  EXPECT_FALSE(fs::exists(path_of(done)));
  EXPECT_FALSE(fs::exists(path_of(unknown)));
  EXPECT_EQ(fs::file_size(path_of(under_way)), 5U);
}

TEST_F(Recordings, count_only_what_was_kept_after_a_kill) {
  const UploadId id = create_with("kept");
  store_.reset();
  std::ofstream(path_of(id), std::ios::app) << " and not kept";
  open();
  const auto writer = acquire(id);
  EXPECT_EQ(writer->upload().offset, 4U);
  EXPECT_EQ(fs::file_size(path_of(id)), 4U);
}

TEST_F(Recordings, say_that_bytes_are_lost_instead_of_filling_the_gap) {
  const UploadId short_of_some = create_with("bytes");
  fs::resize_file(path_of(short_of_some), 2);
  EXPECT_EQ(error_of(store_->uploads().acquire(short_of_some, {}, soon())), ErrorCode::corrupt);
  const UploadId without_any = create_with("bytes");
  fs::remove(path_of(without_any));
  EXPECT_EQ(error_of(store_->uploads().acquire(without_any, {}, soon())), ErrorCode::corrupt);
}

TEST_F(Recordings, leave_no_bytes_of_an_upload_that_is_removed_or_swept) {
  const UploadId removed = create_with("bytes");
  const UploadId swept = create_with("bytes");
  must(store_->uploads().remove(removed, {}, soon()));
  clock_.advance(Seconds(60));
  EXPECT_EQ(must(store_->uploads().sweep(10, soon())), 1U);
  EXPECT_FALSE(fs::exists(path_of(removed)));
  EXPECT_FALSE(fs::exists(path_of(swept)));
}

TEST_F(Recordings, are_refused_on_a_full_disk_and_can_still_be_removed) {
  const auto kept = add("bytes");
  const UploadId begun = create();
  open_on_a_full_disk();
  EXPECT_EQ(error_of(store_->files().add(file(1), must(store_->blobs().scratch(soon())), soon())),
            ErrorCode::storage_full);
  EXPECT_EQ(error_of(store_->uploads().create(upload(), soon())), ErrorCode::storage_full);
  {
    const auto writer = acquire(begun);
    const std::string text = "x";
    EXPECT_EQ(error_of(writer->append(std::as_bytes(std::span(text)), soon())), ErrorCode::storage_full);
  }
  must(store_->uploads().remove(begun, {}, soon()));
  must(store_->files().remove(kept.id, {}, soon()));
  EXPECT_FALSE(fs::exists(path_of(kept.id)));
}

TEST_F(Recordings, are_counted_also_after_a_restart) {
  add("12345");
  const auto gone = add("123");
  create();
  become(*acquire(create_with("12")), file(2));
  must(store_->uploads().remove(create(), {}, soon()));
  must(store_->files().remove(gone.id, {}, soon()));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(gauge("soundbite_files"), 2);
    EXPECT_EQ(gauge("soundbite_file_bytes"), 7);
    EXPECT_EQ(gauge("soundbite_uploads"), 1);
    open();
  }
}

TEST_F(Recordings, share_commits_when_they_arrive_together) {
  const auto before = groups();
  constexpr int at_once = 64;
  for (int i = 0; i < at_once; ++i) {
    spawn([](UploadStore& store, Upload one, StoredFile whole) -> awaitable<void> {
      const UploadId id = one.id;
      const std::string text = "x";
      (co_await store.create(std::move(one), soon())).value();
      const auto writer = (co_await store.acquire(id, {}, soon())).value();
      (co_await writer->append(std::as_bytes(std::span(text)), soon())).value();
      (co_await writer->place(whole.id, {}, soon())).value();
      (co_await writer->become(std::move(whole), soon())).value();
    }(store_->uploads(), upload(), file(1)));
  }
  finish();
  EXPECT_EQ(gauge("soundbite_files"), at_once);
  EXPECT_LT(groups() - before, std::uint64_t(at_once));  // of twice as many operations
}

}  // namespace
}  // namespace soundbite
