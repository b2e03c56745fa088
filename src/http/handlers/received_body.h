// A file that is the whole body.
#pragma once

#include "http/body_stream.h"
#include "service/file_intake.h"

namespace soundbite::handlers {

awaitable<std::expected<void, Refusal>> receive_body(FileIntake& intake, BodyStream& body);

}  // namespace soundbite::handlers
