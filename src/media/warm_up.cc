#include "media/warm_up.h"

#include <ctime>

extern "C" {
#include <libavutil/cpu.h>
}

namespace soundbite::media {

void warm_up() {
  ::tzset();  // dates in tags go through gmtime_r(), which reads the time zone first
  av_cpu_count();
  av_get_cpu_flags();
}

}  // namespace soundbite::media
