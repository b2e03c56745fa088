// What stands behind the routes. Each handler reads the request, calls a service, and answers; parameters are
// references to what outlives the request.
#pragma once

#include "base/async.h"
#include "base/metrics.h"
#include "http/drain.h"
#include "http/message.h"
#include "http/server.h"
#include "job/job_spec.h"
#include "port/speech_engine.h"
#include "service/files.h"
#include "service/health.h"
#include "service/soundbites.h"
#include "service/uploads.h"

namespace soundbite::handlers {

awaitable<Answer> submit_soundbite(Soundbites& soundbites, const SpecLimits& limits, const Request& request);
awaitable<Answer> show_soundbite(Soundbites& soundbites, Drain& drain, const Request& request);
awaitable<Answer> list_soundbites(Soundbites& soundbites, const Request& request);
awaitable<Answer> cancel_soundbite(Soundbites& soundbites, const Request& request);
awaitable<Answer> retry_soundbite(Soundbites& soundbites, const Request& request);
awaitable<Answer> delete_soundbite(Soundbites& soundbites, const Request& request);

awaitable<Answer> submit_form(Soundbites& soundbites, Files& files, const HttpOptions& options, const Request& request);

awaitable<Answer> send_audio(Soundbites& soundbites, const Request& request);
awaitable<Answer> send_artefact(Soundbites& soundbites, Artefact artefact, const Request& request);
awaitable<Answer> send_waveform(Soundbites& soundbites, asio::thread_pool& rendering, const Request& request);

awaitable<Answer> upload_file(Files& files, const Request& request);
awaitable<Answer> show_file(Files& files, const Request& request);
awaitable<Answer> list_files(Files& files, const Request& request);
awaitable<Answer> delete_file(Files& files, const Request& request);
awaitable<Answer> send_file_content(Files& files, const Request& request);
awaitable<Answer> offer_slot(Files& files, std::string_view public_url, const Request& request);
awaitable<Answer> fill_slot(Files& files, const Request& request);

awaitable<Answer> show_tus_options(Uploads& uploads, const Request& request);
awaitable<Answer> create_upload(Uploads& uploads, const Request& request);
awaitable<Answer> show_upload(Uploads& uploads, const Request& request);
awaitable<Answer> continue_upload(Uploads& uploads, const Request& request);
awaitable<Answer> delete_upload(Uploads& uploads, const Request& request);

awaitable<Answer> list_voices(SpeechEngine& speech, const Request& request);
awaitable<Answer> show_voice(SpeechEngine& speech, const Request& request);

awaitable<Answer> show_index();
awaitable<Answer> show_health(Health& health, const Request& request);
awaitable<Answer> show_liveness();
awaitable<Answer> show_metrics(const prometheus::Registry& registry);
awaitable<Answer> explain_problem(std::string_view public_url, const Request& request);

}  // namespace soundbite::handlers
