// Names to addresses.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/error.h"

namespace soundbite {

using Addresses = std::vector<asio::ip::address>;

// Every address of a host, which may be an address itself, in any form that the system's resolver takes. Cancellable.
// Errors: not_found (no such host), unavailable (the name server does not answer).
using LookUp = std::function<awaitable<Result<Addresses>>(std::string host)>;

// By the system's resolver on `threads`, which must outlive all look-ups: one that its caller gave up goes on until the
// resolver answers.
LookUp system_look_up(asio::thread_pool& threads);

}  // namespace soundbite
