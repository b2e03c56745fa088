// What a process does once so that, confined later, it needs to open nothing.
#pragma once

namespace soundbite::media {

// Reads what libav and the C library read from files and ask of the system at first use: the time zone, the number of
// processors. For the process that children are forked from.
void warm_up();

}  // namespace soundbite::media
