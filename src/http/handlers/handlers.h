// What stands behind the routes. Each handler reads the request, calls a service, and answers; parameters are
// references to what outlives the request.
#pragma once

#include "base/async.h"
#include "base/metrics.h"
#include "http/drain.h"
#include "http/message.h"
#include "job/job_spec.h"
#include "port/speech_engine.h"
#include "service/health.h"
#include "service/soundbites.h"

namespace soundbite::handlers {

awaitable<Answer> submit_soundbite(Soundbites& soundbites, const SpecLimits& limits, const Request& request);
awaitable<Answer> show_soundbite(Soundbites& soundbites, Drain& drain, const Request& request);
awaitable<Answer> list_soundbites(Soundbites& soundbites, const Request& request);
awaitable<Answer> cancel_soundbite(Soundbites& soundbites, const Request& request);
awaitable<Answer> retry_soundbite(Soundbites& soundbites, const Request& request);
awaitable<Answer> delete_soundbite(Soundbites& soundbites, const Request& request);

awaitable<Answer> send_audio(Soundbites& soundbites, const Request& request);

awaitable<Answer> list_voices(SpeechEngine& speech, const Request& request);
awaitable<Answer> show_voice(SpeechEngine& speech, const Request& request);

awaitable<Answer> show_index();
awaitable<Answer> show_health(Health& health, const Request& request);
awaitable<Answer> show_liveness();
awaitable<Answer> show_metrics(const prometheus::Registry& registry);
awaitable<Answer> explain_problem(std::string_view public_url, const Request& request);

}  // namespace soundbite::handlers
