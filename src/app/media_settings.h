// The settings of the media child, from those of the product.
#pragma once

#include "app/config/settings.h"
#include "job/media_task.h"
#include "sandbox/media_host.h"

namespace soundbite {

MediaHostOptions media_options(const Config& config);
MediaLimits media_limits(const Config& config);

}  // namespace soundbite
