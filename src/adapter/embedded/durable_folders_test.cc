#include "adapter/embedded/durable_folders.h"

#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace soundbite::embedded {
namespace {

constexpr auto folder = "jobs/a";

void sync(DurableFolders& folders, const std::string& path) {
  DurableFolders::Sync(folders, path, folders.now()).succeeded();
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
  DurableFolders::Sync(folders, folder, opened).succeeded();
  EXPECT_FALSE(folders.holds(folder));
}

TEST(DurableFolders, make_durable_what_was_in_them_before_their_sync_began_and_nothing_later) {
  DurableFolders folders;
  const auto before = folders.now();
  DurableFolders::Moment meanwhile = 0;
  {
    DurableFolders::Sync under_way(folders, folder, folders.now());
    meanwhile = folders.now();
    under_way.succeeded();
  }
  EXPECT_TRUE(folders.synced_since(folder, before));
  EXPECT_FALSE(folders.synced_since(folder, meanwhile));
  EXPECT_FALSE(folders.synced_since("jobs/b", before));
}

TEST(DurableFolders, know_the_last_sync_of_those_that_overlap) {
  DurableFolders folders;
  std::optional<DurableFolders::Sync> first;
  first.emplace(folders, folder, folders.now());
  const auto between = folders.now();
  sync(folders, folder);
  first->succeeded();
  first.reset();
  EXPECT_TRUE(folders.synced_since(folder, between));
}

TEST(DurableFolders, let_nobody_rely_on_others_who_was_there_when_a_sync_failed) {
  DurableFolders folders;
  const auto before = folders.now();
  {
    const DurableFolders::Sync fails(folders, folder, folders.now());
  }
  const auto after = folders.now();
  sync(folders, folder);
  EXPECT_FALSE(folders.synced_since(folder, before)) << "the kernel has told somebody else";
  EXPECT_TRUE(folders.synced_since(folder, after));
}

class SyncUnderWay : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(HoweverItEnds, SyncUnderWay, testing::Bool());

TEST_P(SyncUnderWay, is_waited_for_and_counts_only_when_it_succeeds) {
  DurableFolders folders;
  const auto named = folders.now();
  std::optional<DurableFolders::Sync> under_way;
  under_way.emplace(folders, folder, folders.now());
  auto waiting = std::async(std::launch::async, [&] { return folders.synced_since(folder, named); });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  if (GetParam()) under_way->succeeded();
  under_way.reset();
  EXPECT_EQ(waiting.get(), GetParam());
}

TEST(DurableFolders, do_not_wait_for_a_sync_that_began_too_early) {
  DurableFolders folders;
  const DurableFolders::Sync under_way(folders, folder, folders.now());
  EXPECT_FALSE(folders.synced_since(folder, folders.now()));
}

TEST(DurableFolders, stay_few_whatever_comes) {
  DurableFolders folders;
  for (int i = 0; i < 3'000; ++i) sync(folders, "jobs/" + std::to_string(i));
  EXPECT_TRUE(folders.holds("jobs/2999"));
  EXPECT_FALSE(folders.holds("jobs/0"));
}

}  // namespace
}  // namespace soundbite::embedded
