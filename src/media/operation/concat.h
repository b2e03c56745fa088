// Other files behind what there is.
#pragma once

#include <vector>

#include "media/block.h"
#include "media/held_audio.h"
#include "media/planar_buffer.h"
#include "media/recipe_file.h"

namespace soundbite::media {

// Each file in the format of what comes before it. At every joint the end of the one fades out under the start of the
// next, both at equal power, over the crossfade or as much as the shorter of them has. All in all no longer than the
// limits allow one recording to be: past that the file that would pass them is refused (too_long).
class Concat : public Processor {
 public:
  // `room` outlives it.
  Concat(AudioFormat format, std::vector<RecipeFile> files, double crossfade_s, SpoolRoom& room);

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink& out) override;

 private:
  Result<void> append(const RecipeFile& file, const BlockSink& out);
  Result<void> join(PlanarBuffer& head, const BlockSink& out);
  Result<void> hold(const AudioBlock& block, const BlockSink& out);

  AudioFormat format_;
  std::vector<RecipeFile> files_;
  std::uint64_t crossfade_;  // frames
  HeldAudio held_;           // the end of what came, that the next file may begin under
  std::uint64_t made_ = 0;
};

}  // namespace soundbite::media
