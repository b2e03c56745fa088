#include "http/routes.h"

#include "http/handlers/handlers.h"

namespace soundbite {

namespace {

using namespace handlers;
using enum Method;

awaitable<Answer> list_methods(std::uint8_t allowed) {
  Response response;
  response.status = 204;
  response.add_header("Allow", allow_list(allowed));
  co_return response;
}

// Shorter names for the columns below.
constexpr auto json = Body::json;
constexpr auto form = Body::form;
constexpr auto stream = Body::stream;
constexpr auto none = Body::ignored;
constexpr auto info = Loudness::info;
constexpr auto quiet = Loudness::debug;
using A = const Api&;
using R = const Request&;

// clang-format off
constexpr Route routes[] = {
    {post,    "/api/v1/soundbites",                       "submit",          json,   info,  [](A a, R r) { return submit_soundbite(a.services.soundbites, a.options.limits, r); }},
    {post,    "/api/v1/soundbites",                       "submit_form",     form,   info,  [](A a, R r) { return submit_form(a.services.soundbites, a.services.files, a.options, r); }},
    {get,     "/api/v1/soundbites/{id}",                  "show",            none,   info,  [](A a, R r) { return show_soundbite(a.services.soundbites, a.drain, r); }},
    {get,     "/api/v1/soundbites",                       "list",            none,   info,  [](A a, R r) { return list_soundbites(a.services.soundbites, r); }},
    {post,    "/api/v1/soundbites/{id}/cancel",           "cancel",          none,   info,  [](A a, R r) { return cancel_soundbite(a.services.soundbites, r); }},
    {remove,  "/api/v1/soundbites/{id}",                  "delete",          none,   info,  [](A a, R r) { return delete_soundbite(a.services.soundbites, r); }},
    {post,    "/api/v1/soundbites/{id}/retry",            "retry",           none,   info,  [](A a, R r) { return retry_soundbite(a.services.soundbites, r); }},
    {get,     "/api/v1/soundbites/{id}/audio",            "audio",           none,   info,  [](A a, R r) { return send_audio(a.services.soundbites, r); }},
    {get,     "/api/v1/soundbites/{id}/analysis",         "analysis",        none,   info,  [](A a, R r) { return send_artefact(a.services.soundbites, Artefact::analysis, r); }},
    {get,     "/api/v1/soundbites/{id}/waveform",         "waveform",        none,   info,  [](A a, R r) { return send_waveform(a.services.soundbites, a.rendering, r); }},
    {get,     "/api/v1/soundbites/{id}/waveform.png",     "waveform_png",    none,   info,  [](A a, R r) { return send_artefact(a.services.soundbites, Artefact::waveform_png, r); }},
    {get,     "/api/v1/soundbites/{id}/spectrogram.png",  "spectrogram_png", none,   info,  [](A a, R r) { return send_artefact(a.services.soundbites, Artefact::spectrogram_png, r); }},
    {post,    "/api/v1/files",                            "upload",          stream, info,  [](A a, R r) { return upload_file(a.services.files, r); }},
    {get,     "/api/v1/files",                            "files",           none,   info,  [](A a, R r) { return list_files(a.services.files, r); }},
    {get,     "/api/v1/files/{id}",                       "file",            none,   info,  [](A a, R r) { return show_file(a.services.files, r); }},
    {remove,  "/api/v1/files/{id}",                       "delete_file",     none,   info,  [](A a, R r) { return delete_file(a.services.files, r); }},
    {get,     "/api/v1/files/{id}/content",               "file_content",    none,   info,  [](A a, R r) { return send_file_content(a.services.files, r); }},
    {post,    "/api/v1/files/presign",                    "presign",         json,   info,  [](A a, R r) { return offer_slot(a.services.files, a.options.public_url, r); }},
    {put,     "/api/v1/files/{id}/content",               "fill_slot",       stream, info,  [](A a, R r) { return fill_slot(a.services.files, r); }},
    {options, "/api/v1/uploads",                          "tus_options",     none,   info,  [](A a, R r) { return show_tus_options(a.services.uploads, r); }},
    {post,    "/api/v1/uploads",                          "tus_create",      stream, info,  [](A a, R r) { return create_upload(a.services.uploads, r); }},
    {options, "/api/v1/uploads/{id}",                     "tus_methods",     none,   info,  [](A a, R r) { return show_tus_options(a.services.uploads, r); }},
    {head,    "/api/v1/uploads/{id}",                     "tus_head",        none,   info,  [](A a, R r) { return show_upload(a.services.uploads, r); }},
    {patch,   "/api/v1/uploads/{id}",                     "tus_patch",       stream, info,  [](A a, R r) { return continue_upload(a.services.uploads, r); }},
    {remove,  "/api/v1/uploads/{id}",                     "tus_delete",      none,   info,  [](A a, R r) { return delete_upload(a.services.uploads, r); }},
    {get,     "/api/v1/voices",                           "voices",          none,   info,  [](A a, R r) { return list_voices(a.services.speech, r); }},
    {get,     "/api/v1/voices/{id}",                      "voice",           none,   info,  [](A a, R r) { return show_voice(a.services.speech, r); }},
    {get,     "/health",                                  "health",          none,   quiet, [](A a, R r) { return show_health(a.services.health, r); }},
    {get,     "/health/live",                             "health_live",     none,   quiet, [](A, R) { return show_liveness(); }},
    {get,     "/health/ready",                            "health_ready",    none,   quiet, [](A a, R r) { return show_health(a.services.health, r); }},
    {get,     "/metrics",                                 "metrics",         none,   quiet, [](A a, R) { return show_metrics(a.services.registry); }},
    {get,     "/problems/{name}",                         "problem",         none,   info,  [](A a, R r) { return explain_problem(a.options.public_url, r); }},
    {get,     "/",                                        "index",           none,   info,  [](A, R) { return show_index(); }},
};
// clang-format on

constexpr Route options_route{options, "", "options", none, info, [](A, R r) { return list_methods(r.allowed); }};

constexpr std::uint8_t bit(Method method) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(method)); }

// Where the parameter of each route begins, or its pattern ends: found once, for every request asks for it.
constexpr auto parameter_places = [] {
  std::array<std::size_t, std::size(routes)> places{};
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = std::min(routes[i].pattern.find('{'), routes[i].pattern.size());
  }
  return places;
}();

// What stands for the pattern's parameter; an empty view with data when it has none, nullopt when the path is another.
std::optional<std::string_view> match_pattern(std::string_view pattern, std::size_t open, std::string_view path) {
  if (open == pattern.size()) {
    if (path != pattern) return std::nullopt;
    return std::string_view();
  }
  if (path.substr(0, open) != pattern.substr(0, open)) return std::nullopt;
  const std::string_view tail = pattern.substr(pattern.find('}', open) + 1);
  if (path.size() <= open + tail.size() || !path.ends_with(tail)) return std::nullopt;
  const std::string_view parameter = path.substr(open, path.size() - open - tail.size());
  if (parameter.find('/') != parameter.npos) return std::nullopt;
  return parameter;
}

}  // namespace

std::span<const Route> all_routes() { return routes; }

RouteMatch match_route(Method method, std::string_view path, bool with_form) {
  RouteMatch match;
  for (std::size_t i = 0; i < std::size(routes); ++i) {
    const Route& route = routes[i];
    const auto parameter = match_pattern(route.pattern, parameter_places[i], path);
    if (!parameter) continue;
    match.allowed |= bit(route.method) | bit(options);
    if (route.method == get) match.allowed |= bit(head);
    const bool answers = route.method == method || (route.method == get && method == head);
    // The one for forms stands behind the one for JSON.
    if (answers && (!match.route || (with_form && route.body == form))) {
      match.route = &route;
      match.parameter = *parameter;
    }
  }
  if (path == "*") match.allowed = bit(get) | bit(head) | bit(post) | bit(remove) | bit(options);
  if (method == options && match.allowed != 0 && !match.route) match.route = &options_route;
  return match;
}

std::string allow_list(std::uint8_t allowed) {
  std::string list;
  for (const Method method : {get, head, post, put, patch, remove, options}) {
    if ((allowed & bit(method)) == 0) continue;
    if (!list.empty()) list += ", ";
    list += name_of(method);
  }
  return list;
}

}  // namespace soundbite
