// How answers about soundbites are made of what the service says.
#pragma once

#include "base/async.h"
#include "http/message.h"
#include "service/soundbites.h"

namespace soundbite::handlers {

// `error` of Soundbites::audio or artefact: with another state than ready, the problem says which.
awaitable<Refusal> why_there_is_none(Soundbites& soundbites, JobId id, const Request& request, const Error& error);

Response stored_response(StoredResponse stored);

// Strong: a key is written once.
std::string artefact_etag(const Job& job, std::string_view what);

}  // namespace soundbite::handlers
