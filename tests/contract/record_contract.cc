// Reading, listing, changing and losing records.
#include "tests/contract/contract.h"

namespace soundbite {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class RecordContract : public Contract {
 protected:
  std::vector<JobId> ids_of(const JobPage& page) {
    std::vector<JobId> ids;
    for (const auto& job : page.jobs) ids.push_back(job.id);
    return ids;
  }
  std::vector<JobId> list(ListQuery query) { return ids_of(must(jobs().list(std::move(query), soon()))); }
  JobId submit_later(const Owner& owner = {}) {
    clock_.advance(Seconds(1));
    return submit(owner);
  }
};

TEST_P(RecordContract, hides_another_owners_job_as_if_it_were_unknown) {
  const JobId id = submit(alice());
  EXPECT_EQ(error_of(jobs().get(id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(jobs().wait(id, bob(), 0, soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(jobs().cancel(id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(jobs().retry(id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(jobs().remove(id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(must(jobs().get(id, alice(), soon())).status, Status::pending);
}

TEST_P(RecordContract, hides_expired_records_before_any_sweep) {
  const JobId id = submit();
  clock_.advance(std::chrono::days(30) - Milliseconds(1));
  must(jobs().get(id, {}, soon()));
  clock_.advance(Milliseconds(1));
  EXPECT_EQ(error_of(jobs().get(id, {}, soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(jobs().cancel(id, {}, soon())), ErrorCode::not_found);
  EXPECT_THAT(list({}), IsEmpty());
}

TEST_P(RecordContract, cancels_what_is_not_settled_and_says_so_again) {
  const JobId pending = submit();
  const JobId held = submit();
  claim(held);
  for (const JobId id : {pending, held}) {
    const Job cancelled = must(jobs().cancel(id, {}, soon()));
    EXPECT_EQ(cancelled.status, Status::cancelled);
    EXPECT_EQ(must(jobs().cancel(id, {}, soon())), cancelled);
  }
  const JobId ready = submit();
  make_ready(ready);
  EXPECT_EQ(error_of(jobs().cancel(ready, {}, soon())), ErrorCode::conflict);
}

TEST_P(RecordContract, retries_only_what_failed_or_was_cancelled) {
  const JobId dead = submit();
  make_dead(dead);
  const JobId cancelled = submit();
  must(jobs().cancel(cancelled, {}, soon()));
  for (const JobId id : {dead, cancelled}) {
    const Job again = must(jobs().retry(id, {}, soon()));
    EXPECT_EQ(again.status, Status::pending);
    EXPECT_EQ(again.attempts, 0);
    EXPECT_FALSE(again.dead_lettered);
    EXPECT_EQ(again.expires_at, clock_.now() + std::chrono::days(30));
    EXPECT_EQ(error_of(jobs().retry(id, {}, soon())), ErrorCode::conflict);
    EXPECT_EQ(make_ready(id).status, Status::ready);
  }
}

TEST_P(RecordContract, removes_in_every_state_and_returns_what_was_there) {
  const JobId pending = submit();
  const JobId held = submit();
  claim(held);
  const JobId ready = submit();
  const Job finished = make_ready(ready);
  EXPECT_EQ(must(jobs().remove(ready, {}, soon())), finished);
  for (const JobId id : {pending, held}) must(jobs().remove(id, {}, soon()));
  for (const JobId id : {pending, held, ready}) {
    EXPECT_EQ(error_of(jobs().get(id, {}, soon())), ErrorCode::not_found);
    EXPECT_EQ(error_of(jobs().remove(id, {}, soon())), ErrorCode::not_found);
    EXPECT_EQ(error_of(jobs().heartbeat(id, 1, 0.5, soon())), ErrorCode::not_found);
  }
}

TEST_P(RecordContract, lists_newest_first_in_pages) {
  std::vector<JobId> newest_first;
  for (int i = 0; i < 5; ++i) newest_first.insert(newest_first.begin(), submit_later(alice()));
  const auto first = must(jobs().list({.owner = alice(), .limit = 2}, soon()));
  EXPECT_THAT(ids_of(first), ElementsAre(newest_first[0], newest_first[1]));
  EXPECT_TRUE(first.more);
  const auto second = must(jobs().list({.owner = alice(), .limit = 3, .before = newest_first[1]}, soon()));
  EXPECT_THAT(ids_of(second), ElementsAre(newest_first[2], newest_first[3], newest_first[4]));
  EXPECT_FALSE(second.more);
}

TEST_P(RecordContract, lists_the_owners_jobs_only) {
  const JobId hers = submit(alice());
  const JobId his = submit(bob());
  EXPECT_THAT(list({.owner = alice()}), ElementsAre(hers));
  EXPECT_THAT(list({.owner = bob()}), ElementsAre(his));
  EXPECT_THAT(list({}), IsEmpty());
}

TEST_P(RecordContract, lists_by_status_as_it_is_now) {
  const JobId ready = submit_later();
  const JobId pending = submit_later();
  make_ready(ready);
  EXPECT_THAT(list({.status = Status::ready}), ElementsAre(ready));
  EXPECT_THAT(list({.status = Status::pending}), ElementsAre(pending));
  EXPECT_THAT(list({.status = Status::failed}), IsEmpty());
}

TEST_P(RecordContract, lists_between_two_times_both_exclusive) {
  submit_later();
  const Time from = clock_.now();
  const JobId inside = submit_later();
  const JobId inside_too = submit_later();
  submit_later();
  const Time to = clock_.now();
  EXPECT_THAT(list({.created_after = from, .created_before = to}), ElementsAre(inside_too, inside));
  EXPECT_THAT(list({.status = Status::pending, .created_after = from, .created_before = to, .before = inside_too}),
              ElementsAre(inside));
}

TEST_P(RecordContract, shows_dead_letters_of_every_owner_newest_first) {
  const JobId hers = submit_later(alice());
  const JobId his = submit_later(bob());
  make_dead(hers);
  make_dead(his);
  const auto page = must(jobs().dead_letters({.limit = 1}, soon()));
  EXPECT_THAT(ids_of(page), ElementsAre(his));
  EXPECT_TRUE(page.more);
  EXPECT_THAT(ids_of(must(jobs().dead_letters({.before = his}, soon()))), ElementsAre(hers));
  must(jobs().retry(his, bob(), soon()));
  EXPECT_THAT(ids_of(must(jobs().dead_letters({}, soon()))), ElementsAre(hers));
}

TEST_P(RecordContract, counts_jobs_by_status_also_after_a_restart) {
  const Time first_made = clock_.now();
  submit();
  clock_.advance(Seconds(3));
  submit();
  claim(submit());
  make_ready(submit());
  must(jobs().cancel(submit(), {}, soon()));
  must(jobs().remove(submit(), {}, soon()));
  const auto count = [this] { return must(jobs().counts(soon())); };
  const auto before = count();
  EXPECT_EQ(before.pending, 2);
  EXPECT_EQ(before.processing, 1);
  EXPECT_EQ(before.ready, 1);
  EXPECT_EQ(before.cancelled, 1);
  EXPECT_EQ(before.failed, 0);
  EXPECT_EQ(before.oldest_pending, first_made);
  reopen();
  const auto after = count();
  EXPECT_EQ(after.pending + after.processing, 3);
  EXPECT_EQ(after.ready, 1);
  EXPECT_EQ(after.cancelled, 1);
}

TEST_P(RecordContract, does_not_count_what_is_not_due_as_the_oldest) {
  auto made = submission();
  made.job.due_at = clock_.now() + Seconds(60);
  submit(std::move(made));
  EXPECT_EQ(must(jobs().counts(soon())).oldest_pending, std::nullopt);
  EXPECT_EQ(must(jobs().counts(soon())).pending, 1);
}

TEST_P(RecordContract, sweeps_no_more_at_once_than_it_is_told) {
  for (int i = 0; i < 5; ++i) claim(submit());
  clock_.advance(Milliseconds(30'001));
  EXPECT_EQ(must(jobs().sweep(3, soon())).interrupted, 3U);
  EXPECT_EQ(must(jobs().sweep(3, soon())).interrupted, 2U);
  EXPECT_EQ(must(jobs().sweep(3, soon())).interrupted, 0U);
}

TEST_P(RecordContract, sweeps_expired_records_away_and_names_their_blobs) {
  std::vector<std::string> keys;
  for (int i = 0; i < 3; ++i) keys.push_back(make_ready(submit()).output->blob_key);
  submit();
  clock_.advance(std::chrono::days(30));
  const JobId young = submit();
  std::vector<std::string> swept;
  for (int i = 0; i < 3; ++i) {
    for (auto& key : must(jobs().sweep(2, soon())).orphan_keys) swept.push_back(std::move(key));
  }
  EXPECT_THAT(swept, testing::UnorderedElementsAreArray(keys));
  const auto counts = must(jobs().counts(soon()));
  EXPECT_EQ(counts.ready, 0);
  EXPECT_EQ(counts.pending, 1);
  must(jobs().get(young, {}, soon()));
}

class ReadyWithExtras : public RecordContract {
 protected:
  static Output rich_output_of(const Job& job) {
    auto output = output_of(job);
    output.verification = Verification{.requested_lufs = -16,
                                       .requested_true_peak = -1.5,
                                       .achieved_lufs = -16.25,
                                       .achieved_true_peak = -1.75,
                                       .predicted_s = 1.25,
                                       .achieved_s = 1.25,
                                       .pass = true,
                                       .reason = "the peak limit came first"};
    output.dropped = {"cover art", "tag \"mood\""};
    output.analysed = true;
    return output;
  }
  Job make_rich(JobId id) {
    const auto held = claim(id);
    return must(jobs().complete(id, held.job.attempt, rich_output_of(held.job), soon()));
  }
};

TEST_P(ReadyWithExtras, keeps_what_only_some_outputs_have) {
  const JobId id = submit();
  const Job made = make_rich(id);
  EXPECT_EQ(made.output, rich_output_of(made));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(must(jobs().get(id, {}, soon())), made);
    EXPECT_THAT(must(jobs().list({}, soon())).jobs, ElementsAre(made));
    reopen();
  }
}

TEST_P(ReadyWithExtras, keeps_a_verification_without_numbers) {
  const JobId id = submit();
  const auto held = claim(id);
  auto output = output_of(held.job);
  output.verification = Verification{.predicted_s = 2, .achieved_s = 1, .pass = false, .reason = "too short"};
  must(jobs().complete(id, held.job.attempt, output, soon()));
  reopen();
  EXPECT_EQ(must(jobs().get(id, {}, soon())).output, output);
}

TEST_P(ReadyWithExtras, owns_every_blob_of_the_attempt_that_won_and_no_other) {
  const JobId id = submit();
  const Job first = claim(id).job;
  must(jobs().give_back(id, first.attempt, soon()));
  const Job made = make_rich(id);
  auto keys = blob_keys_of(*made.output);
  EXPECT_EQ(keys.size(), 5U);
  EXPECT_THAT(must(jobs().orphans_among(keys, soon())), IsEmpty());
  const auto overtaken = blob_keys_of(rich_output_of(first));
  keys.insert(keys.end(), overtaken.begin(), overtaken.end());
  const std::string stray = "jobs/" + id.text() + "/2/stray.bin";
  keys.push_back(stray);
  auto expected = overtaken;
  expected.push_back(stray);
  EXPECT_THAT(must(jobs().orphans_among(keys, soon())), testing::UnorderedElementsAreArray(expected));
}

TEST_P(ReadyWithExtras, names_every_blob_when_it_expires) {
  const auto keys = blob_keys_of(*make_rich(submit()).output);
  clock_.advance(std::chrono::days(30));
  EXPECT_THAT(must(jobs().sweep(10, soon())).orphan_keys, testing::UnorderedElementsAreArray(keys));
}

RUN_AGAINST_ALL_ADAPTERS(ReadyWithExtras);

TEST_P(RecordContract, knows_the_blobs_that_nobody_owns) {
  const auto key = [](JobId id, int attempt) {
    return "jobs/" + id.text() + "/" + std::to_string(attempt) + "/audio.wav";
  };
  const JobId ready = submit();
  make_ready(ready);
  const JobId held = submit();
  const Job first = claim(held).job;
  must(jobs().give_back(held, first.attempt, soon()));
  claim(held);
  const JobId cancelled = submit();
  claim(cancelled);
  must(jobs().cancel(cancelled, {}, soon()));
  const JobId unknown = submission().job.id;
  const auto orphans = must(jobs().orphans_among(
      {key(ready, 1), key(ready, 2), key(held, 1), key(held, 2), key(cancelled, 1), key(unknown, 1), "somebody/elses"},
      soon()));
  EXPECT_THAT(orphans, UnorderedElementsAre(key(ready, 2), key(held, 1), key(cancelled, 1), key(unknown, 1)));
}

RUN_AGAINST_ALL_ADAPTERS(RecordContract);

}  // namespace

}  // namespace soundbite
