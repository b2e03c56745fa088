// PCM that is kept between two passes.
#pragma once

#include "media/playable.h"
#include "media/spool_room.h"

namespace soundbite::media {

// Plays `from` once, hands every block to `heard` too, and answers with the same audio to be played again: from what
// was kept of it in memory, or, where there is no room, `from` itself. What cannot be repeated is kept whatever it
// takes. `room` outlives it. `on_played` hears 0–1 while it is played from what was kept. Errors: those of `from` and
// of `heard`; storage_full, unavailable.
Result<Playable> keep(const Playable& from, SpoolRoom& room, const BlockSink& heard,
                      std::function<void(double)> on_played);

}  // namespace soundbite::media
