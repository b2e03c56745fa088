// What must hold of recordings after an attack on their folder.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "tests/fault/recording_bytes.h"
#include "tests/fault/store_round.h"

namespace soundbite {

// What the store said it had done.
struct AcknowledgedRecordings {
  std::set<FileId> files;
  std::map<UploadId, std::size_t> chunks;  // kept, of every upload that was created
  std::set<UploadId> whole;                // became a file
  std::set<FileId> removed;                // or asked for
};

inline std::string bytes_of(OpenStore& open, FileId id) {
  const auto blob = open.run(open.store->blobs().open(blob_key_of(id), OpenStore::soon()));
  if (!blob) return blob.error().message;
  std::string text(blob->bytes, '\0');
  EXPECT_TRUE(blob->file.read_at(std::as_writable_bytes(std::span(text)), 0).has_value());
  return text;
}

// Goes on where the upload is, to its end.
inline void expect_upload_goes_on(OpenStore& open, UploadId id, std::size_t kept_chunks) {
  auto writer = open.run(open.store->uploads().acquire(id, {}, OpenStore::soon()));
  ASSERT_TRUE(writer.has_value()) << writer.error().message;
  const auto offset = (*writer)->upload().offset;
  EXPECT_GE(offset, kept_chunks * chunk_bytes);
  std::string there((*writer)->bytes().size().value(), '\0');
  ASSERT_TRUE((*writer)->bytes().read_at(std::as_writable_bytes(std::span(there)), 0).has_value());
  EXPECT_EQ(there, recording_of(id.bytes, offset));
  const std::string rest = recording_of(id.bytes, upload_bytes).substr(offset);
  const auto placed = open.run((*writer)->place(file_of(id), std::as_bytes(std::span(rest)), OpenStore::soon()));
  ASSERT_TRUE(placed.has_value()) << placed.error().message;
  const auto done = open.run((*writer)->become(open.file(file_of(id), upload_bytes), OpenStore::soon()));
  ASSERT_TRUE(done.has_value()) << done.error().message;
}

inline void expect_uploads_kept(OpenStore& open, const AcknowledgedRecordings& acknowledged) {
  for (const auto& [id, kept_chunks] : acknowledged.chunks) {
    const auto upload = open.run(open.store->uploads().get(id, {}, OpenStore::soon()));
    ASSERT_TRUE(upload.has_value()) << upload.error().message;
    if (acknowledged.whole.contains(id)) EXPECT_EQ(upload->file, file_of(id));
    if (!upload->file) expect_upload_goes_on(open, id, kept_chunks);
    EXPECT_EQ(bytes_of(open, file_of(id)), recording_of(id.bytes, upload_bytes));
  }
}

inline std::vector<std::string> keys_of_files(OpenStore& open) {
  std::vector<std::string> keys;
  auto page = open.run(open.store->blobs().list("", 100'000, {}, OpenStore::soon()));
  for (auto& key : page.value().keys) {
    if (key.starts_with("files/")) keys.push_back(std::move(key));
  }
  return keys;
}

// As the sweeper does it, of what is old enough: here all. Then every file has its bytes, and no others are left.
inline void expect_no_orphans(OpenStore& open) {
  const auto keys = keys_of_files(open);
  const auto orphans = open.run(open.store->jobs().orphans_among(keys, OpenStore::soon()));
  for (const auto& key : orphans.value()) open.run(open.store->blobs().remove(key, OpenStore::soon())).value();
  const auto page = open.run(open.store->files().list({.limit = 100'000}, OpenStore::soon()));
  std::vector<std::string> expected;
  for (const auto& file : page.value().files) expected.push_back(blob_key_of(file.id));
  EXPECT_THAT(keys_of_files(open), testing::UnorderedElementsAreArray(expected));
}

// Of uploads nothing lies there but what goes on.
inline void expect_no_leftovers(OpenStore& open, const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/uploads")) {
    const auto id = UploadId::parse(entry.path().filename().string());
    ASSERT_TRUE(id.has_value()) << entry.path();
    const auto upload = open.run(open.store->uploads().get(*id, {}, OpenStore::soon()));
    ASSERT_TRUE(upload.has_value()) << upload.error().message;
    EXPECT_EQ(upload->file, std::nullopt);
  }
}

inline void expect_recordings_kept(const std::string& folder, const AcknowledgedRecordings& acknowledged) {
  OpenStore open(folder);
  ASSERT_FALSE(open.error.has_value()) << open.error->message;
  expect_no_leftovers(open, folder);
  for (const FileId& id : acknowledged.files) {
    if (acknowledged.removed.contains(id)) continue;
    const auto file = open.run(open.store->files().get(id, {}, OpenStore::soon()));
    ASSERT_TRUE(file.has_value()) << file.error().message;
    EXPECT_EQ(bytes_of(open, id), recording_of(id.bytes, file->bytes));
  }
  expect_uploads_kept(open, acknowledged);
  expect_no_leftovers(open, folder);
  expect_no_orphans(open);
  open.store->close();
}

}  // namespace soundbite
