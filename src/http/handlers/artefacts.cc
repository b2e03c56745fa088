// What is made beside the audio: analysis, waveform, pictures.
#include "http/handlers/handlers.h"
#include "http/handlers/list_query.h"
#include "http/handlers/made.h"
#include "http/handlers/path_id.h"
#include "http/handlers/stored_bytes.h"
#include "http/problems.h"
#include "http/wire/target.h"

namespace soundbite::handlers {

namespace {

struct Shown {
  std::string_view name;  // of the file that a client may save
  std::string_view content_type;
};

Shown shown_as(Artefact artefact) {
  switch (artefact) {
    case Artefact::analysis: return {"analysis.json", "application/json"};
    case Artefact::waveform: return {"waveform.dat", "application/octet-stream"};
    case Artefact::waveform_png: return {"waveform.png", "image/png"};
    case Artefact::spectrogram_png: break;
  }
  return {"spectrogram.png", "image/png"};
}

}  // namespace

std::string artefact_etag(const Job& job, std::string_view what) {
  return '"' + job.id.text() + '-' + std::to_string(job.attempt) + '-' + std::string(what) + '"';
}

awaitable<Answer> send_artefact(Soundbites& soundbites, Artefact artefact, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  if (auto errors = QueryReader(request.query).finish(); !errors.empty()) {
    co_return std::unexpected(wrong_query(std::move(errors)));
  }
  auto made = co_await soundbites.artefact(*id, request.owner, artefact, request.deadline);
  if (!made) co_return std::unexpected(co_await why_there_is_none(soundbites, *id, request, made.error()));
  const auto [name, content_type] = shown_as(artefact);
  co_return send_bytes({.blob = std::move(made->blob),
                        .what = "it",
                        .content_type = std::string(content_type),
                        .etag = artefact_etag(made->job, name),
                        .disposition = disposition_of("inline", "soundbite-" + id->text() + '-' + std::string(name))},
                       request);
}

}  // namespace soundbite::handlers
