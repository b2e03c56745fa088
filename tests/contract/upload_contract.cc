// Recordings that arrive in pieces.
#include "tests/contract/contract.h"

namespace soundbite {

namespace {

using testing::IsEmpty;

class UploadContract : public Contract {
 protected:
  Upload upload_of(std::optional<std::uint64_t> length, const Owner& owner = {}) {
    const Time now = clock_.now();
    return {.id = UploadId::make(now, *random_),
            .environment = "test",
            .owner = owner,
            .length = length,
            .metadata = "filename dC53YXY=,empty",
            .name = "t.wav",
            .created_at = now,
            .expires_at = now + std::chrono::hours(24)};
  }
  UploadId create(std::optional<std::uint64_t> length, const Owner& owner = {}) {
    auto upload = upload_of(length, owner);
    const UploadId id = upload.id;
    must(uploads().create(std::move(upload), soon()));
    return id;
  }
  std::unique_ptr<UploadWriter> acquire(UploadId id, const Owner& owner = {}) {
    return must(uploads().acquire(id, owner, soon()));
  }
  void append(UploadWriter& writer, const std::string& text) {
    must(writer.append(std::as_bytes(std::span(text)), soon()));
  }
  std::optional<ErrorCode> error_of_append(UploadWriter& writer, const std::string& text) {
    return error_of(writer.append(std::as_bytes(std::span(text)), soon()));
  }
  void become(UploadWriter& writer, const StoredFile& file, std::string_view last = {}) {
    must(writer.place(file.id, std::as_bytes(std::span(last)), soon()));
    must(writer.become(file, soon()));
  }
  void keep(UploadWriter& writer, std::optional<std::uint64_t> length = {}) { must(writer.keep(length, soon())); }
  // One chunk, as one request brings it.
  void send(UploadId id, const std::string& text) {
    const auto writer = acquire(id);
    append(*writer, text);
    keep(*writer);
  }
  static std::string read(const UploadWriter& writer) {
    std::string text(writer.bytes().size().value(), '\0');
    EXPECT_EQ(writer.bytes().read_at(std::as_writable_bytes(std::span(text)), 0), text.size());
    return text;
  }
  std::uint64_t offset_of(UploadId id, const Owner& owner = {}) {
    return must(uploads().get(id, owner, soon())).offset;
  }
};

TEST_P(UploadContract, keeps_every_field_of_the_record) {
  for (const auto length : {std::optional<std::uint64_t>(5), std::optional<std::uint64_t>()}) {
    const auto upload = upload_of(length, alice());
    must(uploads().create(upload, soon()));
    const auto is_kept = [&] {
      const auto found = must(uploads().get(upload.id, alice(), soon()));
      EXPECT_EQ(found.id, upload.id);
      EXPECT_EQ(found.environment, upload.environment);
      EXPECT_EQ(found.owner, upload.owner);
      EXPECT_EQ(found.length, upload.length);
      EXPECT_EQ(found.offset, 0U);
      EXPECT_EQ(found.metadata, upload.metadata);
      EXPECT_EQ(found.name, upload.name);
      EXPECT_EQ(found.created_at, upload.created_at);
      EXPECT_EQ(found.expires_at, upload.expires_at);
      EXPECT_EQ(found.file, std::nullopt);
    };
    is_kept();
    reopen();
    is_kept();
  }
}

TEST_P(UploadContract, knows_of_one_that_begins_with_its_bytes_from_the_first_keep_on) {
  const auto upload = upload_of(9, alice());
  {
    const auto writer = must(uploads().begin(upload, soon()));
    append(*writer, "one");
    EXPECT_FALSE(writer->recorded());
    EXPECT_EQ(error_of(uploads().get(upload.id, alice(), soon())), ErrorCode::not_found);
    keep(*writer);
    EXPECT_TRUE(writer->recorded());
    append(*writer, "lost");
  }
  reopen();
  EXPECT_EQ(offset_of(upload.id, alice()), 3U);
  EXPECT_EQ(read(*acquire(upload.id, alice())), "one");
}

TEST_P(UploadContract, knows_of_one_that_begins_without_a_byte_once_it_is_kept) {
  const auto upload = upload_of({});
  keep(*must(uploads().begin(upload, soon())), 7);
  EXPECT_EQ(must(uploads().get(upload.id, {}, soon())).length, 7U);
}

TEST_P(UploadContract, makes_a_file_of_one_that_begins_with_all_its_bytes) {
  const auto upload = upload_of(6);
  const auto file = file_of("onetwo");
  {
    const auto writer = must(uploads().begin(upload, soon()));
    append(*writer, "one");
    append(*writer, "two");
    become(*writer, file);
    EXPECT_TRUE(writer->recorded());
  }
  reopen();
  EXPECT_EQ(must(uploads().get(upload.id, {}, soon())).file, file.id);
  EXPECT_EQ(must(files().get(file.id, {}, soon())), file);
  EXPECT_EQ(read_blob(blob_key_of(file.id)), "onetwo");
}

TEST_P(UploadContract, forgets_one_that_began_and_was_never_kept) {
  const auto upload = upload_of(9);
  append(*must(uploads().begin(upload, soon())), "one");
  EXPECT_EQ(error_of(uploads().get(upload.id, {}, soon())), ErrorCode::not_found);
  reopen();
  EXPECT_EQ(error_of(uploads().get(upload.id, {}, soon())), ErrorCode::not_found);
}

TEST_P(UploadContract, refuses_an_id_that_is_taken) {
  const auto upload = upload_of(5);
  must(uploads().create(upload, soon()));
  EXPECT_EQ(error_of(uploads().create(upload, soon())), ErrorCode::conflict);
}

TEST_P(UploadContract, hides_another_owners_upload_as_if_it_were_unknown) {
  const auto id = create(5, alice());
  EXPECT_EQ(error_of(uploads().get(id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(uploads().acquire(id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(uploads().remove(id, bob(), soon())), ErrorCode::not_found);
  EXPECT_EQ(offset_of(id, alice()), 0U);
}

TEST_P(UploadContract, grows_chunk_by_chunk_over_restarts) {
  const auto id = create(9);
  for (const std::string chunk : {"one", "two", "six"}) {
    const auto before = offset_of(id);
    send(id, chunk);
    EXPECT_EQ(offset_of(id), before + chunk.size());
    reopen();
    EXPECT_EQ(offset_of(id), before + chunk.size());
  }
  EXPECT_EQ(read(*acquire(id)), "onetwosix");
}

TEST_P(UploadContract, tells_its_writer_where_it_is_and_others_only_what_was_kept) {
  const auto id = create(9);
  const auto writer = acquire(id);
  append(*writer, "one");
  EXPECT_EQ(writer->upload().offset, 3U);
  EXPECT_EQ(offset_of(id), 0U);
  keep(*writer);
  EXPECT_EQ(offset_of(id), 3U);
}

TEST_P(UploadContract, takes_back_a_chunk_that_is_discarded_but_not_what_was_kept) {
  const auto id = create(9);
  const auto writer = acquire(id);
  append(*writer, "one");
  keep(*writer);
  append(*writer, "bad");
  append(*writer, "bad");
  must(writer->discard(soon()));
  EXPECT_EQ(writer->upload().offset, 3U);
  EXPECT_EQ(read(*writer), "one");
  append(*writer, "two");
  keep(*writer);
  EXPECT_EQ(read(*writer), "onetwo");
}

TEST_P(UploadContract, forgets_what_was_not_kept_with_its_writer) {
  const auto id = create(9);
  send(id, "one");
  append(*acquire(id), "unkept");
  EXPECT_EQ(offset_of(id), 3U);
  const auto writer = acquire(id);
  EXPECT_EQ(writer->upload().offset, 3U);
  EXPECT_EQ(read(*writer), "one");
}

TEST_P(UploadContract, refuses_bytes_past_its_length_and_keeps_what_was_there) {
  const auto id = create(5);
  const auto writer = acquire(id);
  append(*writer, "four");
  EXPECT_EQ(error_of_append(*writer, "xx"), ErrorCode::invalid);
  EXPECT_EQ(writer->upload().offset, 4U);
  append(*writer, "5");
  keep(*writer);
  EXPECT_EQ(offset_of(id), 5U);
}

TEST_P(UploadContract, learns_its_length_later_but_none_below_what_it_has) {
  const auto id = create(std::nullopt);
  const auto writer = acquire(id);
  append(*writer, "four");
  EXPECT_EQ(error_of(writer->keep(3, soon())), ErrorCode::invalid);
  keep(*writer, 5);
  EXPECT_EQ(must(uploads().get(id, {}, soon())).length, 5U);
  EXPECT_EQ(error_of_append(*writer, "xx"), ErrorCode::invalid);
}

TEST_P(UploadContract, has_one_writer_at_a_time) {
  const auto id = create(5);
  auto writer = acquire(id);
  EXPECT_EQ(error_of(uploads().acquire(id, {}, soon())), ErrorCode::conflict);
  EXPECT_EQ(error_of(uploads().remove(id, {}, soon())), ErrorCode::conflict);
  writer.reset();
  acquire(id);
}

TEST_P(UploadContract, becomes_a_file_with_all_its_bytes) {
  const auto id = create(6);
  send(id, "one");
  const auto file = file_of("onetwo");
  {
    const auto writer = acquire(id);
    append(*writer, "tw");
    become(*writer, file, "o");
    EXPECT_EQ(writer->upload().file, file.id);
  }
  for (int round = 0; round < 2; ++round) {
    const auto upload = must(uploads().get(id, {}, soon()));
    EXPECT_EQ(upload.file, file.id);
    EXPECT_EQ(upload.offset, 6U);
    EXPECT_EQ(must(files().get(file.id, {}, soon())), file);
    EXPECT_EQ(read_blob(blob_key_of(file.id)), "onetwo");
    EXPECT_THAT(must(jobs().orphans_among({blob_key_of(file.id)}, soon())), IsEmpty());
    reopen();
  }
}

TEST_P(UploadContract, becomes_a_file_also_when_it_is_empty_or_was_kept_before) {
  for (const std::string bytes : {"", "x"}) {
    const auto id = create(bytes.size());
    const auto file = file_of(bytes);
    const auto writer = acquire(id);
    append(*writer, bytes);
    keep(*writer);
    become(*writer, file);
    EXPECT_EQ(read_blob(blob_key_of(file.id)), bytes);
  }
}

TEST_P(UploadContract, becomes_no_file_before_it_is_whole) {
  const auto id = create(6);
  const auto writer = acquire(id);
  append(*writer, "one");
  const auto file = file_of("one");
  EXPECT_EQ(error_of(writer->place(file.id, {}, soon())), ErrorCode::conflict);
  EXPECT_EQ(error_of(files().get(file.id, {}, soon())), ErrorCode::not_found);
}

TEST_P(UploadContract, becomes_no_file_with_more_bytes_than_its_length) {
  const auto writer = acquire(create(1));
  append(*writer, "x");
  const std::string more = "y";
  EXPECT_EQ(error_of(writer->place(file_of("xy").id, std::as_bytes(std::span(more)), soon())), ErrorCode::invalid);
  become(*writer, file_of("x"));
}

TEST_P(UploadContract, is_as_it_was_until_what_was_placed_has_become_a_file) {
  const auto id = create(6);
  send(id, "one");
  const auto file = file_of("onetwo");
  const std::string last = "two";
  must(acquire(id)->place(file.id, std::as_bytes(std::span(last)), soon()));
  EXPECT_EQ(offset_of(id), 3U);
  EXPECT_EQ(error_of(files().get(file.id, {}, soon())), ErrorCode::not_found);
  EXPECT_EQ(must(jobs().orphans_among({blob_key_of(file.id)}, soon())).size(), 1U);
  reopen();
  const auto writer = acquire(id);
  EXPECT_EQ(writer->upload().offset, 3U);
  EXPECT_EQ(error_of(writer->become(file, soon())), ErrorCode::conflict);
  const auto again = file_of("onetwo");
  become(*writer, again, last);
  EXPECT_EQ(read_blob(blob_key_of(again.id)), "onetwo");
}

TEST_P(UploadContract, becomes_one_file_only_and_takes_nothing_more) {
  const auto id = create(1);
  const auto file = file_of("x");
  const auto other = file_of("x");
  auto writer = acquire(id);
  append(*writer, "x");
  become(*writer, file);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(error_of(writer->place(other.id, {}, soon())), ErrorCode::conflict);
    EXPECT_EQ(error_of_append(*writer, "y"), ErrorCode::conflict);
    EXPECT_EQ(error_of(writer->keep(2, soon())), ErrorCode::conflict);
    writer.reset();
    writer = acquire(id);
    EXPECT_EQ(writer->upload().file, file.id);
  }
  EXPECT_EQ(error_of(files().get(other.id, {}, soon())), ErrorCode::not_found);
}

TEST_P(UploadContract, becomes_no_file_whose_id_is_taken) {
  const auto taken = add_file("first");
  const auto id = create(2);
  const auto writer = acquire(id);
  append(*writer, "x");
  const std::string last = "y";
  EXPECT_EQ(error_of(writer->place(taken.id, std::as_bytes(std::span(last)), soon())), ErrorCode::conflict);
  EXPECT_EQ(writer->upload().offset, 1U);
  EXPECT_EQ(read_blob(blob_key_of(taken.id)), "first");
  const auto file = file_of("xy");
  become(*writer, file, last);
  EXPECT_EQ(read_blob(blob_key_of(file.id)), "xy");
}

TEST_P(UploadContract, ends_without_a_trace_but_leaves_the_file_that_it_became) {
  const auto unfinished = create(6);
  send(unfinished, "one");
  const auto finished = create(1);
  const auto file = file_of("x");
  {
    const auto writer = acquire(finished);
    append(*writer, "x");
    become(*writer, file);
  }
  for (const auto id : {unfinished, finished}) {
    must(uploads().remove(id, {}, soon()));
    EXPECT_EQ(error_of(uploads().get(id, {}, soon())), ErrorCode::not_found);
    EXPECT_EQ(error_of(uploads().acquire(id, {}, soon())), ErrorCode::not_found);
    EXPECT_EQ(error_of(uploads().remove(id, {}, soon())), ErrorCode::not_found);
  }
  EXPECT_EQ(read_blob(blob_key_of(file.id)), "x");
}

TEST_P(UploadContract, tells_of_an_expired_upload_until_it_is_swept_and_sweeps_in_portions) {
  std::vector<UploadId> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(create(5));
  send(ids[0], "one");
  clock_.advance(std::chrono::hours(24));
  const auto young = create(5);
  EXPECT_EQ(must(uploads().get(ids[0], {}, soon())).offset, 3U);
  EXPECT_EQ(must(uploads().sweep(2, soon())), 2U);
  EXPECT_EQ(must(uploads().sweep(2, soon())), 1U);
  EXPECT_EQ(must(uploads().sweep(2, soon())), 0U);
  for (const auto id : ids) EXPECT_EQ(error_of(uploads().get(id, {}, soon())), ErrorCode::not_found);
  EXPECT_EQ(offset_of(young), 0U);
}

TEST_P(UploadContract, sweeps_no_upload_under_its_writer) {
  const auto held = create(5);
  auto writer = acquire(held);
  const auto expired = create(5);
  clock_.advance(std::chrono::hours(25));
  EXPECT_EQ(must(uploads().sweep(1, soon())), 1U);
  EXPECT_EQ(error_of(uploads().get(expired, {}, soon())), ErrorCode::not_found);
  append(*writer, "x");
  keep(*writer);
  writer.reset();
  EXPECT_EQ(must(uploads().sweep(1, soon())), 1U);
}

TEST_P(UploadContract, keeps_many_that_arrive_at_once_apart) {
  std::vector<std::pair<UploadId, StoredFile>> made;
  for (int i = 0; i < 16; ++i) {
    const std::string text(std::size_t(100 + i), char('a' + i));
    const auto id = create(2 * text.size());
    const auto file = file_of(text + text);
    made.emplace_back(id, file);
    spawn([](UploadStore& store, UploadId one, StoredFile whole, std::string bytes) -> awaitable<void> {
      for (int chunk = 0; chunk < 2; ++chunk) {
        const auto writer = (co_await store.acquire(one, {}, soon())).value();
        (co_await writer->append(std::as_bytes(std::span(bytes)), soon())).value();
        (co_await writer->keep({}, soon())).value();
        if (chunk == 0) continue;
        (co_await writer->place(whole.id, {}, soon())).value();
        (co_await writer->become(whole, soon())).value();
      }
    }(uploads(), id, file, text));
  }
  finish();
  for (std::size_t i = 0; i < made.size(); ++i) {
    EXPECT_EQ(must(uploads().get(made[i].first, {}, soon())).file, made[i].second.id);
    EXPECT_EQ(read_blob(blob_key_of(made[i].second.id)), std::string(2 * (100 + i), char('a' + i)));
  }
}

RUN_AGAINST_ALL_ADAPTERS(UploadContract);

}  // namespace

}  // namespace soundbite
