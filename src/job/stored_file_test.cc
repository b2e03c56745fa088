#include "job/stored_file.h"

#include <gtest/gtest.h>

#include "base/strict_json.h"

namespace soundbite {
namespace {

StoredFile song() {
  StoredFile file;
  file.id = *FileId::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  file.environment = "development";
  file.user_id = "somebody";
  file.name = "a \"song\".mp3";
  file.content_type = "audio/mpeg";
  file.bytes = 1234;
  file.sha256 = "ab";
  file.created_at = Time(Milliseconds(1'700'000'000'000));
  file.expires_at = file.created_at + std::chrono::days(30);
  return file;
}

TEST(RenderFile, is_the_file_of_the_contract) {
  EXPECT_EQ(render_file(song()),
            R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","name":"a \"song\".mp3","contentType":"audio/mpeg",)"
            R"("bytes":1234,"sha256":"ab","createdAt":"2023-11-14T22:13:20.000Z",)"
            R"("expiresAt":"2023-12-14T22:13:20.000Z",)"
            R"("links":{"self":"/api/v1/files/01890a5d-ac96-774b-bcce-b302099a8057",)"
            R"("content":"/api/v1/files/01890a5d-ac96-774b-bcce-b302099a8057/content"}})");
}

TEST(RenderFile, is_json_whatever_the_client_called_it) {
  StoredFile file = song();
  file.name = "\x01\"\\/\xff\xe2\x80\xae";
  EXPECT_TRUE(parse_strict_json(render_file(file)));
}

TEST(RenderFileList, ends_with_a_null_cursor_on_the_last_page) {
  EXPECT_EQ(render_file_list({}, ""), R"({"items":[],"nextCursor":null})");
  EXPECT_EQ(render_file_list({song(), song()}, "c"),
            R"({"items":[)" + render_file(song()) + ',' + render_file(song()) + R"(],"nextCursor":"c"})");
}

TEST(BlobKey, holds_the_id_and_nothing_of_the_client) {
  EXPECT_EQ(blob_key_of(song().id), "files/01890a5d-ac96-774b-bcce-b302099a8057");
}

}  // namespace
}  // namespace soundbite
