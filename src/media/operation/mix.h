// A bed under what there is.
#pragma once

#include <optional>

#include "job/recipe.h"
#include "media/block.h"
#include "media/planar_buffer.h"
#include "media/recipe_file.h"

namespace soundbite::media {

// How far the bed is lowered, frame by frame: down quickly where the signal is louder than about −40 dBFS, back slowly
// where it is not, so that a bed does not pump between words.
class Ducker {
 public:
  Ducker(int sample_rate, double ducking_db);
  // `level`: the frame's largest magnitude over all channels.
  float next(float level);

 private:
  float envelope_ = 0;
  float envelope_fall_;
  float floor_;
  float attack_, release_;
  float gain_ = 1;
};

// Ends with what is above it; a bed that ends before it ends alone.
class Mix : public Processor {
 public:
  // Errors: those of opening the bed.
  static Result<Mix> open(AudioFormat format, const RecipeFile& bed, const operation::Mix& mix);

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink&) override { return {}; }

 private:
  Mix(AudioFormat format, RecipeRecording bed, const operation::Mix& mix);
  Result<void> fetch(std::size_t frames);

  AudioFormat format_;
  std::optional<RecipeRecording> bed_;  // empty when it ended
  float gain_;
  std::optional<Ducker> ducker_;
  PlanarBuffer waiting_;  // of the bed
  PlanarBuffer mixed_;
};

}  // namespace soundbite::media
