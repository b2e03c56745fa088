// Upload and job in one; and what is made beside the audio.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "job/waveform.h"
#include "tests/support/http_server.h"
#include "tests/support/recordings.h"

namespace soundbite {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

const std::string wav = wav_of(3'000);

std::string part(const std::string& name, std::string_view bytes) {
  return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"take.wav\"\r\n\r\n" +
         std::string(bytes) + "\r\n";
}

Reply submit(TestServer& server, const std::string& parts) {
  auto client = server.connect();
  return client.request("POST", "/api/v1/soundbites", "Content-Type: multipart/form-data; boundary=x\r\n",
                        parts + "--x--");
}

std::size_t kept(TestServer& server) {
  std::size_t count = 0;
  server.on_io([&] { count = server.store.files.records.size(); });
  return count;
}

TEST(SoundbiteForm, makes_the_job_of_the_file_in_either_order) {
  const std::string request = part("request", R"({"process":[{"op":"trim","start":1}],"metadata":{"order":"42"}})");
  for (const std::string& form : {request + part("file", wav), part("file", wav) + request}) {
    TestServer server;
    const Reply reply = submit(server, form);
    ASSERT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(reply.header("Location"),
              "/api/v1/soundbites/" + std::string(json::parse(reply.body).at("id").as_string()));
    server.on_io([&] {
      const auto& [job, spec] = server.store.records.begin()->second;
      const StoredFile& file = server.store.files.records.begin()->second;
      EXPECT_EQ(spec.source, SourceType::file);
      EXPECT_EQ(spec.file, file.id);
      EXPECT_EQ(job.file, file.id);
      EXPECT_EQ(file.name, "take.wav");
    });
  }
}

TEST(SoundbiteForm, tells_every_wrong_field_and_keeps_no_file) {
  TestServer server;
  const std::string wrong = R"({"text":"Hi","url":"http://x/","speeed":2,"output":{"format":"mp4"}})";
  for (const std::string& form :
       {part("file", wav) + part("request", wrong), part("request", wrong) + part("file", wav)}) {
    const Reply reply = submit(server, form);
    EXPECT_EQ(reply.status, 422);
    for (const auto* pointer : {"\"/text\"", "\"/url\"", "\"/speeed\"", "\"/output/format\""}) {
      EXPECT_THAT(reply.body, HasSubstr(pointer));
    }
  }
  EXPECT_EQ(kept(server), 0U);
}

TEST(SoundbiteForm, keeps_no_file_when_the_job_cannot_be_made) {
  TestServer server;
  server.on_io([&] { server.store.failures.insert({"submit", {ErrorCode::throttled, "full"}}); });
  EXPECT_EQ(submit(server, part("request", "{}") + part("file", wav)).status, 503);
  EXPECT_EQ(kept(server), 0U);
}

TEST(SoundbiteForm, has_both_parts_once_and_no_other) {
  TestServer server;
  EXPECT_THAT(submit(server, part("request", "{}")).body, HasSubstr("\"/file\""));
  EXPECT_THAT(submit(server, part("file", wav)).body, HasSubstr("\"/request\""));
  EXPECT_THAT(submit(server, part("request", "{}") + part("request", "{}")).body, HasSubstr("duplicate"));
  EXPECT_THAT(submit(server, part("requst", "{}")).body, HasSubstr("unknown_part"));
  EXPECT_EQ(submit(server, part("request", "{") + part("file", wav)).status, 400);
  EXPECT_EQ(submit(server, part("request", "[]") + part("file", wav)).status, 422);
  EXPECT_EQ(kept(server), 0U);
}

class ArtefactsTest : public testing::Test {
 protected:
  JobId ready(bool analysed) {
    return server.add_job([&](Job& job) {
      job.status = Status::ready;
      job.attempt = 1;
      job.output = Output{Format::mp3, 8'000, 1, 3, 0.5, std::string(64, 'a'), "jobs/x/1/audio.mp3"};
      job.output->analysed = analysed;
      server.store.blob_bytes[artefact_key(*job.output, Artefact::analysis)] = R"({"ok":true})";
      server.store.blob_bytes[artefact_key(*job.output, Artefact::spectrogram_png)] = "png";
      const Waveform waveform{8'000, 100, 1, 16, {-256, 256, -512, 512, -1024, 768, 0, 0}};
      server.store.blob_bytes[artefact_key(*job.output, Artefact::waveform)] = to_audiowaveform_dat(waveform);
    });
  }
  std::string place(const JobId& id, const std::string& what) { return "/api/v1/soundbites/" + id.text() + what; }

  TestServer server;
  RawClient client = server.connect();
};

TEST_F(ArtefactsTest, are_sent_with_a_tag_that_saves_the_next_time) {
  const JobId id = ready(true);
  const Reply analysis = client.get(place(id, "/analysis"));
  EXPECT_EQ(analysis.status, 200);
  EXPECT_EQ(analysis.body, R"({"ok":true})");
  EXPECT_EQ(analysis.header("Content-Type"), "application/json");
  EXPECT_EQ(client.get(place(id, "/analysis"), "If-None-Match: " + analysis.header("ETag") + "\r\n").status, 304);
  const Reply picture = client.get(place(id, "/spectrogram.png"));
  EXPECT_EQ(picture.header("Content-Type"), "image/png");
  EXPECT_NE(picture.header("ETag"), analysis.header("ETag"));
  EXPECT_EQ(client.get(place(id, "/analysis?x=1")).status, 422);
}

TEST_F(ArtefactsTest, of_a_job_without_analysis_are_told_to_be_missing) {
  const Reply reply = client.get(place(ready(false), "/waveform"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("/problems/not-analysed"));
}

TEST_F(ArtefactsTest, are_not_there_before_the_job_is_done) {
  const Reply reply = client.get(place(server.add_job(), "/analysis"));
  EXPECT_EQ(reply.status, 409);
  EXPECT_THAT(reply.body, HasSubstr("/problems/not-ready"));
}

TEST_F(ArtefactsTest, have_waveforms_in_the_form_that_a_player_wants) {
  const JobId id = ready(true);
  const Reply whole = client.get(place(id, "/waveform"));
  EXPECT_EQ(json::parse(whole.body).at("length").as_int64(), 4);
  const Reply coarse = client.get(place(id, "/waveform?points=2&bits=8"));
  EXPECT_EQ(json::parse(coarse.body).at("length").as_int64(), 2);
  EXPECT_EQ(json::parse(coarse.body).at("bits").as_int64(), 8);
  EXPECT_NE(coarse.header("ETag"), whole.header("ETag"));
  EXPECT_EQ(parse_waveform(client.get(place(id, "/waveform?format=dat&samplesPerPixel=200")).body)->samples_per_pixel,
            200);
  EXPECT_THAT(client.get(place(id, "/waveform?format=peaks")).body, HasSubstr("\"peaks\""));
  EXPECT_EQ(client.get(place(id, "/waveform?points=2&samplesPerPixel=100")).status, 422);
  EXPECT_EQ(client.get(place(id, "/waveform?format=svg&points=0&bits=12&channels=3")).status, 422);
}

}  // namespace
}  // namespace soundbite
