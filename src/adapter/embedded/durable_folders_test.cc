#include "adapter/embedded/durable_folders.h"

#include <gtest/gtest.h>

namespace soundbite::embedded {
namespace {

TEST(DurableFolders, hold_what_was_synced_until_it_is_forgotten) {
  DurableFolders folders;
  EXPECT_FALSE(folders.holds("jobs/a"));
  folders.add("jobs/a", folders.ticket());
  EXPECT_TRUE(folders.holds("jobs/a"));
  EXPECT_FALSE(folders.holds("jobs/b"));
  folders.forget("jobs/a");
  EXPECT_FALSE(folders.holds("jobs/a"));
}

TEST(DurableFolders, do_not_take_a_folder_that_may_have_been_removed_while_it_was_synced) {
  DurableFolders folders;
  const auto ticket = folders.ticket();
  folders.forget("jobs/a");
  folders.add("jobs/a", ticket);
  EXPECT_FALSE(folders.holds("jobs/a"));
}

TEST(DurableFolders, stay_few_whatever_comes) {
  DurableFolders folders;
  for (int i = 0; i < 3'000; ++i) folders.add("jobs/" + std::to_string(i), folders.ticket());
  EXPECT_TRUE(folders.holds("jobs/2999"));
  EXPECT_FALSE(folders.holds("jobs/0"));
}

}  // namespace
}  // namespace soundbite::embedded
