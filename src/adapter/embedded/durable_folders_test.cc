#include "adapter/embedded/durable_folders.h"

#include <gtest/gtest.h>

#include <future>

namespace soundbite::embedded {
namespace {

constexpr auto folder = "jobs/a";

void sync(DurableFolders& folders, const std::string& path) {
  const auto opened = folders.now();
  folders.end(path, opened, folders.begin(path), true);
}

TEST(DurableFolders, hold_what_was_synced_until_it_is_forgotten) {
  DurableFolders folders;
  EXPECT_FALSE(folders.holds(folder));
  sync(folders, folder);
  EXPECT_TRUE(folders.holds(folder));
  EXPECT_FALSE(folders.holds("jobs/b"));
  folders.forget(folder);
  EXPECT_FALSE(folders.holds(folder));
}

TEST(DurableFolders, do_not_take_a_folder_that_may_have_been_removed_while_it_was_synced) {
  DurableFolders folders;
  const auto opened = folders.now();
  folders.forget(folder);
  folders.end(folder, opened, folders.begin(folder), true);
  EXPECT_FALSE(folders.holds(folder));
}

TEST(DurableFolders, make_durable_what_was_in_them_before_their_sync_began_and_nothing_later) {
  DurableFolders folders;
  const auto opened = folders.now();
  const auto before = folders.now();
  const auto begun = folders.begin(folder);
  const auto meanwhile = folders.now();
  folders.end(folder, opened, begun, true);
  EXPECT_TRUE(folders.synced_since(folder, before));
  EXPECT_FALSE(folders.synced_since(folder, meanwhile));
  EXPECT_FALSE(folders.synced_since("jobs/b", before));
}

TEST(DurableFolders, know_the_last_sync_of_those_that_overlap) {
  DurableFolders folders;
  const auto opened = folders.now();
  const auto first = folders.begin(folder);
  const auto between = folders.now();
  const auto second = folders.begin(folder);
  folders.end(folder, opened, second, true);
  folders.end(folder, opened, first, true);
  EXPECT_TRUE(folders.synced_since(folder, between));
}

class SyncUnderWay : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(HoweverItEnds, SyncUnderWay, testing::Bool());

TEST_P(SyncUnderWay, is_waited_for_and_counts_only_when_it_succeeds) {
  DurableFolders folders;
  const auto opened = folders.now();
  const auto named = folders.now();
  const auto begun = folders.begin(folder);
  auto waiting = std::async(std::launch::async, [&] { return folders.synced_since(folder, named); });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  folders.end(folder, opened, begun, GetParam());
  EXPECT_EQ(waiting.get(), GetParam());
}

TEST(DurableFolders, do_not_wait_for_a_sync_that_began_too_early) {
  DurableFolders folders;
  const auto opened = folders.now();
  const auto begun = folders.begin(folder);
  EXPECT_FALSE(folders.synced_since(folder, folders.now()));
  folders.end(folder, opened, begun, true);
}

TEST(DurableFolders, stay_few_whatever_comes) {
  DurableFolders folders;
  for (int i = 0; i < 3'000; ++i) sync(folders, "jobs/" + std::to_string(i));
  EXPECT_TRUE(folders.holds("jobs/2999"));
  EXPECT_FALSE(folders.holds("jobs/0"));
}

}  // namespace
}  // namespace soundbite::embedded
