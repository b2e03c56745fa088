#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "http/handlers/handlers.h"
#include "http/problems.h"
#include "http/wire/target.h"

namespace soundbite::handlers {

namespace json = boost::json;

namespace {

json::object describe(const Voice& voice) {
  json::object shown{{"id", voice.id}, {"name", voice.name}, {"engine", voice.engine}};
  shown["languages"] = json::value_from(voice.languages);
  if (!voice.gender.empty()) shown["gender"] = voice.gender;
  shown["sampleRate"] = voice.sample_rate;
  if (!voice.licence.empty()) shown["licence"] = voice.licence;
  shown["features"] = json::value_from(voice.features);
  shown["available"] = voice.broken.empty();
  if (!voice.broken.empty()) shown["reason"] = voice.broken;
  return shown;
}

Response json_response(const json::value& body) {
  Response response;
  response.cache_control = "private, no-cache";
  response.body = json::serialize(body);
  return response;
}

}  // namespace

awaitable<Answer> list_voices(SpeechEngine& speech, const Request& request) {
  if (auto errors = QueryReader(request.query).finish(); !errors.empty()) {
    co_return std::unexpected(refuse("validation-failed", "the query is wrong", std::move(errors)));
  }
  json::array items;
  for (const Voice& voice : speech.voices()) items.push_back(describe(voice));
  co_return json_response(json::object{{"items", std::move(items)}});
}

awaitable<Answer> show_voice(SpeechEngine& speech, const Request& request) {
  const auto id = percent_decode(request.parameter);
  if (!id) co_return std::unexpected(refuse("not-found", "there is no such voice"));
  for (const Voice& voice : speech.voices()) {
    if (voice.id == *id) co_return json_response(describe(voice));
  }
  // The engine knows names that it does not list, and suggests the nearest of those it does.
  const auto voice = speech.find_voice(*id);
  if (!voice) co_return std::unexpected(refuse(voice.error()));
  co_return json_response(describe(*voice));
}

}  // namespace soundbite::handlers
