// Recordings: bytes and record together, for as long as somebody needs them.
#include "tests/contract/contract.h"

namespace soundbite {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FileContract : public Contract {
 protected:
  std::vector<FileId> ids_of(const FilePage& page) {
    std::vector<FileId> ids;
    for (const auto& file : page.files) ids.push_back(file.id);
    return ids;
  }
  std::vector<FileId> list(FileQuery query) { return ids_of(must(files().list(std::move(query), soon()))); }
  StoredFile add_later(const Owner& owner = {}) {
    clock_.advance(Seconds(1));
    return add_file("RIFF", owner);
  }
  void expect_gone(const StoredFile& file, const Owner& owner = {}) {
    EXPECT_EQ(error_of(files().get(file.id, owner, soon())), ErrorCode::not_found);
    EXPECT_EQ(error_of(blobs().open(blob_key_of(file.id), soon())), ErrorCode::not_found);
  }
  std::size_t sweep(std::size_t limit = 100) { return must(files().sweep(limit, soon())); }
};

TEST_P(FileContract, keeps_every_field_and_every_byte) {
  const auto file = add_file("the bytes", alice());
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(must(files().get(file.id, alice(), soon())), file);
    EXPECT_THAT(must(files().list({.owner = alice()}, soon())).files, ElementsAre(file));
    EXPECT_EQ(read_blob(blob_key_of(file.id)), "the bytes");
    reopen();
  }
}

TEST_P(FileContract, refuses_an_id_that_is_taken_and_leaves_what_is_there) {
  const auto file = add_file("first", alice());
  auto second = file;
  second.bytes = 6;
  EXPECT_EQ(error_of(files().add(second, scratch_of("second"), soon())), ErrorCode::conflict);
  EXPECT_EQ(must(files().get(file.id, alice(), soon())), file);
  EXPECT_EQ(read_blob(blob_key_of(file.id)), "first");
}

TEST_P(FileContract, keeps_one_of_many_added_at_once_under_one_id) {
  const auto file = file_of("x");
  int added = 0;
  int refused = 0;
  for (int i = 0; i < 8; ++i) {
    spawn([](FileStore& store, StoredFile one, Scratch bytes, int& first, int& others) -> awaitable<void> {
      const auto answer = co_await store.add(std::move(one), std::move(bytes), soon());
      if (!answer) EXPECT_EQ(answer.error().code, ErrorCode::conflict);
      ++(answer ? first : others);
    }(files(), file, scratch_of("x"), added, refused));
  }
  finish();
  EXPECT_EQ(added, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(read_blob(blob_key_of(file.id)), "x");
}

TEST_P(FileContract, hides_another_owners_file_as_if_it_were_unknown) {
  const auto file = add_file("x", alice());
  EXPECT_EQ(error_of(files().get(file.id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(files().remove(file.id, bob(), soon())), ErrorCode::not_found);
  EXPECT_THAT(list({.owner = bob()}), IsEmpty());
  must(files().get(file.id, alice(), soon()));
}

TEST_P(FileContract, lists_newest_first_in_pages) {
  std::vector<FileId> newest_first;
  for (int i = 0; i < 5; ++i) newest_first.insert(newest_first.begin(), add_later(alice()).id);
  const auto first = must(files().list({.owner = alice(), .limit = 2}, soon()));
  EXPECT_THAT(ids_of(first), ElementsAre(newest_first[0], newest_first[1]));
  EXPECT_TRUE(first.more);
  const auto second = must(files().list({.owner = alice(), .limit = 3, .before = newest_first[1]}, soon()));
  EXPECT_THAT(ids_of(second), ElementsAre(newest_first[2], newest_first[3], newest_first[4]));
  EXPECT_FALSE(second.more);
}

TEST_P(FileContract, hides_expired_files_before_any_sweep) {
  const auto file = add_file();
  clock_.set(file.expires_at - Milliseconds(1));
  must(files().get(file.id, {}, soon()));
  clock_.advance(Milliseconds(1));
  EXPECT_EQ(error_of(files().get(file.id, {}, soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(files().remove(file.id, {}, soon())), ErrorCode::not_found);
  EXPECT_THAT(list({}), IsEmpty());
}

TEST_P(FileContract, removes_record_and_bytes) {
  const auto file = add_file();
  must(files().remove(file.id, {}, soon()));
  expect_gone(file);
  EXPECT_EQ(error_of(files().remove(file.id, {}, soon())), ErrorCode::not_found);
}

TEST_P(FileContract, keeps_a_file_while_a_pending_or_processing_job_uses_it_and_names_the_job) {
  const auto file = add_file();
  const JobId job = submit(submission_on(file.id));
  const auto refused = [&] {
    const auto answer = run(files().remove(file.id, {}, soon()));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::conflict);
    EXPECT_THAT(answer.error().message, HasSubstr(job.text()));
  };
  refused();
  const auto held = claim(job);
  refused();
  reopen();
  refused();
  must(jobs().complete(job, claim(job).job.attempt, output_of(held.job), soon()));
  must(files().remove(file.id, {}, soon()));
  expect_gone(file);
}

TEST_P(FileContract, counts_the_files_of_a_recipe_as_used_each_once_however_often_it_names_them) {
  const auto jingle = add_file();
  const auto bed = add_file();
  auto made = submission();
  made.spec.process = {operation::Concat{{jingle.id, jingle.id}, 0}, operation::Mix{.bed = bed.id}};
  const JobId job = submit(std::move(made));
  EXPECT_EQ(error_of(files().remove(jingle.id, {}, soon())), ErrorCode::conflict);
  EXPECT_EQ(error_of(files().remove(bed.id, {}, soon())), ErrorCode::conflict);
  must(jobs().remove(job, {}, soon()));
  must(files().remove(jingle.id, {}, soon()));
  must(files().remove(bed.id, {}, soon()));
}

TEST_P(FileContract, lets_go_of_files_of_jobs_that_failed_or_were_cancelled_and_holds_them_again_when_retried) {
  const auto file = add_file();
  const JobId failing = submit(submission_on(file.id));
  make_dead(failing);
  const JobId cancelled = submit(submission_on(file.id));
  must(jobs().cancel(cancelled, {}, soon()));
  must(jobs().retry(failing, {}, soon()));
  EXPECT_EQ(error_of(files().remove(file.id, {}, soon())), ErrorCode::conflict);
  must(jobs().cancel(failing, {}, soon()));
  must(files().remove(file.id, {}, soon()));
}

TEST_P(FileContract, sweeps_what_expired_and_no_more_at_once_than_it_is_told) {
  std::vector<StoredFile> expired;
  for (int i = 0; i < 3; ++i) expired.push_back(add_file());
  clock_.advance(std::chrono::days(7));
  const auto young = add_file();
  EXPECT_EQ(sweep(2), 2U);
  EXPECT_EQ(sweep(2), 1U);
  EXPECT_EQ(sweep(2), 0U);
  for (const auto& file : expired) expect_gone(file);
  EXPECT_EQ(read_blob(blob_key_of(young.id)), "RIFF");
}

TEST_P(FileContract, leaves_an_expired_file_to_the_job_that_needs_it) {
  const auto file = add_file("RIFF", alice());
  const JobId job = submit(submission_on(file.id, alice()));
  clock_.advance(std::chrono::days(8));
  EXPECT_EQ(sweep(), 0U);
  EXPECT_EQ(must(files().get(file.id, alice(), soon())), file);
  EXPECT_EQ(read_blob(blob_key_of(file.id)), "RIFF");
  EXPECT_EQ(error_of(jobs().submit(submission_on(file.id, alice()), soon())), ErrorCode::not_found);
  make_ready(job);
  EXPECT_EQ(error_of(files().get(file.id, alice(), soon())), ErrorCode::not_found);
  EXPECT_EQ(sweep(), 1U);
  expect_gone(file, alice());
}

TEST_P(FileContract, is_no_orphan_with_its_record_and_one_without) {
  const auto file = add_file();
  const auto unknown = file_of("x");
  must(blobs().put(blob_key_of(unknown.id), scratch_of("x"), soon()));
  EXPECT_THAT(must(jobs().orphans_among({blob_key_of(file.id), blob_key_of(unknown.id), "files/none"}, soon())),
              ElementsAre(blob_key_of(unknown.id)));
}

TEST_P(FileContract, does_nothing_when_its_deadline_passed_before_it_began) {
  const auto file = file_of("x");
  EXPECT_EQ(error_of(files().add(file, scratch_of("x"), passed())), ErrorCode::timeout);
  expect_gone(file);
}

RUN_AGAINST_ALL_ADAPTERS(FileContract);

}  // namespace

}  // namespace soundbite
