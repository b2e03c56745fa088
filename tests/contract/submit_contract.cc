// What a submission keeps, refuses and repeats.
#include "tests/contract/contract.h"

namespace soundbite {

namespace {

class SubmitContract : public Contract {
 protected:
  IdempotencyRecord record(char fingerprint = 'a') {
    return {.scope = "tenant-1|alice|POST|/api/v1/soundbites|7d0e6a5e-3c8e-4e0e-9d4a-0b8b8c1f1f11",
            .fingerprint = std::string(31, fingerprint) + '\0',
            .expires_at = clock_.now() + std::chrono::hours(24),
            .response = {202, {{"Location", "/api/v1/soundbites/x"}, {"ETag", "\"1\""}}, std::string("{\"a\":\0}", 7)}};
  }
  Submission keyed(IdempotencyRecord kept) {
    auto made = submission(alice());
    made.idempotency = std::move(kept);
    return made;
  }
};

TEST_P(SubmitContract, keeps_every_field_of_the_record) {
  auto made = submission(alice());
  made.job.metadata = {{"order", "42"}, {"quote", "\"\n\xC3\xA9"}};
  made.job.progress = 0.25;
  made.job.version = 3;
  const Job expected = made.job;
  submit(std::move(made));
  EXPECT_EQ(must(jobs().get(expected.id, alice(), soon())), expected);
  reopen();
  EXPECT_EQ(must(jobs().get(expected.id, alice(), soon())), expected);
}

TEST_P(SubmitContract, keeps_the_spec_for_whoever_claims) {
  auto made = submission();
  made.spec = {.speech = {.text = std::string(100'000, 'x'), .voice_id = "v", .language = "en-US", .speed = 1.5},
               .output = {.format = Format::flac, .sample_rate = 48'000},
               .metadata = {{"order", "42"}}};
  const JobSpec expected = made.spec;
  const JobId id = submit(std::move(made));
  reopen();
  EXPECT_EQ(claim(id).spec, expected);
}

TEST_P(SubmitContract, keeps_where_a_recording_comes_from) {
  const auto file = add_file("RIFF", alice());
  auto of_file = submission_on(file.id, alice());
  auto of_url = submission(alice());
  of_url.job.source = of_url.spec.source = SourceType::url;
  of_url.job.url = "https://example.org/a.wav";
  of_url.spec.url = "https://user:secret@example.org/a.wav?key=secret";
  of_url.spec.speech = {};
  of_url.spec.analysis = true;
  of_url.spec.process = {operation::Trim{.start_s = 0.5}, operation::Loudness{}, operation::Mix{.bed = file.id}};
  for (const auto& made : {of_file, of_url}) {
    submit(made);
    EXPECT_EQ(must(jobs().get(made.job.id, alice(), soon())), made.job);
    reopen();
    EXPECT_EQ(must(jobs().get(made.job.id, alice(), soon())), made.job);
    EXPECT_EQ(claim(made.job.id).spec, made.spec);
  }
}

TEST_P(SubmitContract, refuses_a_file_that_is_unknown_anothers_or_expired_and_makes_nothing) {
  const auto hers = add_file("RIFF", alice());
  auto soon_gone = file_of("RIFF", bob());
  soon_gone.expires_at = clock_.now() + Seconds(1);
  must(files().add(soon_gone, scratch_of("RIFF"), soon()));
  clock_.advance(Seconds(1));
  for (const auto id : {hers.id, soon_gone.id, file_of("x").id}) {
    auto source = submission_on(id, bob());
    source.idempotency = record();
    auto recipe = submission(bob());
    recipe.spec.process = {operation::Gain{.db = 1}, operation::Concat{{id}, 0}};
    for (const auto& made : {source, recipe}) {
      const auto answer = run(jobs().submit(made, soon()));
      ASSERT_FALSE(answer.has_value());
      EXPECT_EQ(answer.error().code, ErrorCode::not_found);
      EXPECT_THAT(answer.error().message, testing::HasSubstr(id.text()));
      EXPECT_EQ(error_of(jobs().get(made.job.id, bob(), soon())), ErrorCode::not_found);
    }
  }
  EXPECT_EQ(must(jobs().counts(soon())).pending, 0);
  EXPECT_EQ(must(jobs().submit(keyed(record()), soon())).replay, std::nullopt);
}

TEST_P(SubmitContract, refuses_when_the_queue_is_full_and_takes_again_when_it_is_not) {
  use({.queue_limit = 2});
  const JobId first = submit();
  submit();
  EXPECT_EQ(error_of(jobs().submit(submission(), soon())), ErrorCode::throttled);
  claim(first);
  submit();
  EXPECT_EQ(error_of(jobs().submit(submission(), soon())), ErrorCode::throttled);
}

TEST_P(SubmitContract, does_nothing_when_its_deadline_passed_before_it_began) {
  auto made = submission();
  const JobId id = made.job.id;
  EXPECT_EQ(error_of(jobs().submit(std::move(made), passed())), ErrorCode::timeout);
  EXPECT_EQ(error_of(jobs().get(id, {}, soon())), ErrorCode::not_found);
}

TEST_P(SubmitContract, answers_the_same_request_with_the_first_answer) {
  submit(keyed(record()));
  auto again = keyed(record());
  const JobId never_made = again.job.id;
  const auto replayed = must(jobs().submit(std::move(again), soon()));
  EXPECT_EQ(replayed.replay, record().response);
  EXPECT_EQ(error_of(jobs().get(never_made, alice(), soon())), ErrorCode::not_found);
}

TEST_P(SubmitContract, answers_the_same_request_after_a_restart) {
  submit(keyed(record()));
  reopen();
  EXPECT_EQ(must(jobs().submit(keyed(record()), soon())).replay, record().response);
}

TEST_P(SubmitContract, refuses_another_request_under_the_same_key) {
  submit(keyed(record('a')));
  EXPECT_EQ(error_of(jobs().submit(keyed(record('b')), soon())), ErrorCode::conflict);
}

TEST_P(SubmitContract, takes_the_key_of_another_scope_for_another_key) {
  submit(keyed(record('a')));
  auto other = record('b');
  other.scope += "x";
  EXPECT_EQ(must(jobs().submit(keyed(std::move(other)), soon())).replay, std::nullopt);
}

TEST_P(SubmitContract, forgets_a_key_when_it_expires_without_any_sweep) {
  submit(keyed(record('a')));
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(must(jobs().submit(keyed(record('b')), soon())).replay, std::nullopt);
  EXPECT_NE(must(jobs().submit(keyed(record('b')), soon())).replay, std::nullopt);
}

TEST_P(SubmitContract, still_answers_a_known_key_when_the_queue_is_full) {
  use({.queue_limit = 1});
  submit(keyed(record()));
  EXPECT_NE(must(jobs().submit(keyed(record()), soon())).replay, std::nullopt);
}

TEST_P(SubmitContract, still_answers_a_known_key_when_its_job_is_gone) {
  const JobId id = submit(keyed(record()));
  must(jobs().remove(id, alice(), soon()));
  EXPECT_EQ(must(jobs().submit(keyed(record()), soon())).replay, record().response);
}

TEST_P(SubmitContract, does_not_keep_the_key_of_a_refused_submission) {
  use({.queue_limit = 1});
  const JobId first = submit();
  EXPECT_EQ(error_of(jobs().submit(keyed(record()), soon())), ErrorCode::throttled);
  claim(first);
  EXPECT_EQ(must(jobs().submit(keyed(record()), soon())).replay, std::nullopt);
}

TEST_P(SubmitContract, makes_one_job_of_many_concurrent_requests_with_one_key) {
  int made = 0;
  int replayed = 0;
  for (int i = 0; i < 20; ++i) {
    spawn([](JobStore& store, Submission one, int& first, int& later) -> awaitable<void> {
      const auto answer = co_await store.submit(std::move(one), soon());
      ++(answer.value().replay ? later : first);
    }(jobs(), keyed(record()), made, replayed));
  }
  finish();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(replayed, 19);
  EXPECT_EQ(must(jobs().counts(soon())).pending, 1);
}

RUN_AGAINST_ALL_ADAPTERS(SubmitContract);

}  // namespace

}  // namespace soundbite
