// Memory for a process that does one thing and ends.
#pragma once

namespace soundbite {

// Makes the heap one piece of huge pages, from which nothing is given back: loading a voice touches half a gigabyte in
// pieces, and page by page that costs more than reading it (docs/decisions/0052). Call first, before there are threads.
void expect_a_short_life();

}  // namespace soundbite
