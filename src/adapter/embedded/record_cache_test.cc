#include "adapter/embedded/record_cache.h"

#include <gtest/gtest.h>

namespace soundbite::embedded {
namespace {

JobId id_of(std::uint8_t number) {
  JobId id;
  id.bytes[15] = number;
  return id;
}

std::shared_ptr<const Job> job_of(std::uint8_t number, std::int64_t version = 0) {
  return std::make_shared<const Job>(Job{.id = id_of(number), .version = version});
}

TEST(RecordCache, gives_what_the_last_commit_made_of_a_job) {
  RecordCache cache(1 << 20);
  cache.apply({{id_of(1), job_of(1, 1)}});
  cache.apply({{id_of(1), job_of(1, 2)}, {id_of(2), job_of(2)}});
  EXPECT_EQ(cache.find(id_of(1))->version, 2);
  cache.apply({{id_of(1), nullptr}});
  EXPECT_EQ(cache.find(id_of(1)), nullptr);
  EXPECT_NE(cache.find(id_of(2)), nullptr);
}

TEST(RecordCache, drops_the_least_recently_used_when_its_bytes_run_out) {
  RecordCache one(1 << 20);
  one.apply({{id_of(1), job_of(1)}});
  RecordCache cache(one.bytes() * 3);
  for (std::uint8_t i = 1; i <= 3; ++i) cache.apply({{id_of(i), job_of(i)}});
  EXPECT_NE(cache.find(id_of(1)), nullptr);
  cache.apply({{id_of(4), job_of(4)}});
  EXPECT_NE(cache.find(id_of(1)), nullptr);
  EXPECT_EQ(cache.find(id_of(2)), nullptr);
  EXPECT_LE(cache.bytes(), one.bytes() * 3);
}

TEST(RecordCache, forgets_all_bytes_of_what_it_forgets) {
  RecordCache cache(1 << 20);
  for (std::uint8_t i = 1; i <= 9; ++i) cache.apply({{id_of(i), job_of(i)}, {id_of(i), job_of(i, 1)}});
  for (std::uint8_t i = 1; i <= 9; ++i) cache.apply({{id_of(i), nullptr}});
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(RecordCache, keeps_what_a_reader_found) {
  RecordCache cache(1 << 20);
  {
    RecordCache::Loading loading(cache, id_of(1));
    loading.store(job_of(1, 5));
  }
  EXPECT_EQ(cache.find(id_of(1))->version, 5);
}

TEST(RecordCache, does_not_keep_a_finding_that_a_commit_overtook) {
  RecordCache cache(1 << 20);
  RecordCache::Loading loading(cache, id_of(1));
  cache.apply({{id_of(1), nullptr}});
  loading.store(job_of(1, 5));
  EXPECT_EQ(cache.find(id_of(1)), nullptr);
}

TEST(RecordCache, does_not_let_an_old_finding_replace_a_commit) {
  RecordCache cache(1 << 20);
  RecordCache::Loading first(cache, id_of(1));
  RecordCache::Loading second(cache, id_of(1));
  cache.apply({{id_of(1), job_of(1, 6)}});
  first.store(job_of(1, 5));
  second.store(job_of(1, 5));
  EXPECT_EQ(cache.find(id_of(1))->version, 6);
}

}  // namespace
}  // namespace soundbite::embedded
