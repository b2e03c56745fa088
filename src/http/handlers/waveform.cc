// The waveform of a soundbite, in the form that a player wants.
#include "job/waveform.h"

#include <charconv>

#include "http/handlers/handlers.h"
#include "http/handlers/list_query.h"
#include "http/handlers/made.h"
#include "http/handlers/path_id.h"
#include "http/handlers/stored_bytes.h"
#include "http/problems.h"
#include "http/wire/conditional.h"
#include "http/wire/target.h"

namespace soundbite::handlers {

namespace {

constexpr int max_samples_per_pixel = 1 << 24;
constexpr int max_points = 100'000;

enum class Form { json, dat, peaks };

struct WaveformQuery {
  Form form = Form::json;
  int samples_per_pixel = 0;  // 0: as it is stored
  int points = 0;             // 0: not asked
  bool mono = false;
  bool narrow = false;  // 8 bits
};

int read_number(QueryReader& query, std::string_view name, int most) {
  const auto text = query.take(name);
  if (!text) return 0;
  int number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < 1 || number > most) {
    query.wrong(name, "out_of_range", "a whole number from 1 to " + std::to_string(most));
    return 0;
  }
  return number;
}

// True when `special` was sent; only that and `usual` may be.
bool read_choice(QueryReader& query, std::string_view name, std::string_view special, std::string_view usual) {
  const auto text = query.take(name);
  if (!text || *text == usual) return false;
  if (*text != special) {
    query.wrong(name, "unknown_value", "one of the values suggested", {std::string(special), std::string(usual)});
  }
  return true;
}

std::expected<WaveformQuery, Refusal> read_query(std::string_view raw_query) {
  QueryReader query(raw_query);
  WaveformQuery asked;
  const std::string form = query.take("format").value_or("json");
  if (form == "dat") {
    asked.form = Form::dat;
  } else if (form == "peaks") {
    asked.form = Form::peaks;
  } else if (form != "json") {
    query.wrong("format", "unknown_value", "json and dat are audiowaveform's formats, peaks is for wavesurfer",
                {"json", "dat", "peaks"});
  }
  asked.samples_per_pixel = read_number(query, "samplesPerPixel", max_samples_per_pixel);
  asked.points = read_number(query, "points", max_points);
  if (asked.samples_per_pixel > 0 && asked.points > 0) {
    query.wrong("points", "excluded", "send either points or samplesPerPixel");
  }
  asked.mono = read_choice(query, "channels", "1", "all");
  asked.narrow = read_choice(query, "bits", "8", "16");
  if (auto errors = query.finish(); !errors.empty()) return std::unexpected(wrong_query(std::move(errors)));
  return asked;
}

std::string etag_of(const Job& job, const WaveformQuery& asked) {
  return artefact_etag(job, "waveform-" + std::to_string(static_cast<int>(asked.form)) + '-' +
                                std::to_string(asked.samples_per_pixel) + '-' + std::to_string(asked.points) +
                                (asked.mono ? "-mono" : "") + (asked.narrow ? "-8" : ""));
}

Result<std::string> render(const Blob& blob, const WaveformQuery& asked, double duration_s) {
  std::string stored(blob.bytes, '\0');
  const auto n = blob.file.read_at(std::as_writable_bytes(std::span(stored)), 0);
  if (!n) return std::unexpected(n.error());
  stored.resize(*n);
  auto waveform = parse_waveform(stored);
  if (!waveform) return std::unexpected(waveform.error());
  if (asked.mono) *waveform = folded_to_mono(*waveform);
  int samples_per_pixel = asked.samples_per_pixel;
  if (asked.points > 0) samples_per_pixel = samples_per_pixel_for(*waveform, static_cast<std::size_t>(asked.points));
  if (samples_per_pixel > 0) *waveform = with_samples_per_pixel(*waveform, samples_per_pixel);
  if (asked.narrow) *waveform = with_8_bits(*waveform);
  switch (asked.form) {
    case Form::json: return to_audiowaveform_json(*waveform);
    case Form::dat: return to_audiowaveform_dat(*waveform);
    case Form::peaks: break;
  }
  return to_wavesurfer_json(*waveform, duration_s);
}

}  // namespace

awaitable<Answer> send_waveform(Soundbites& soundbites, asio::thread_pool& rendering, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto asked = read_query(request.query);
  if (!asked) co_return std::unexpected(asked.error());
  auto made = co_await soundbites.artefact(*id, request.owner, Artefact::waveform, request.deadline);
  if (!made) co_return std::unexpected(co_await why_there_is_none(soundbites, *id, request, made.error()));
  Response response;
  response.cache_control = stored_cache_rule;
  const std::string etag = etag_of(made->job, *asked);
  response.add_header("ETag", etag);
  if (!request.if_none_match.empty() && names_etag(request.if_none_match, etag)) {
    response.status = 304;
    co_return response;
  }
  auto body = co_await run_on(rendering, [&] { return render(made->blob, *asked, made->job.output->duration_s); });
  if (!body) co_return std::unexpected(refuse(body.error()));
  response.body = std::move(*body);
  if (asked->form == Form::dat) response.content_type = "application/octet-stream";
  co_return response;
}

}  // namespace soundbite::handlers
