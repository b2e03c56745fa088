// The acoustic fingerprint of Chromaprint, by which AcoustID knows recordings.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/block.h"

struct ChromaprintContextPrivate;

namespace soundbite::media {

// Of the first 120 s. For one thread.
class Fingerprint {
 public:
  explicit Fingerprint(AudioFormat format);

  void push(const AudioBlock& block);
  // The compressed form in base64 (URL alphabet), as fpcalc prints it; none when there is too little to tell (under 3
  // s).
  std::optional<std::string> finish();

 private:
  struct Free {
    void operator()(ChromaprintContextPrivate* context) const;
  };
  std::unique_ptr<ChromaprintContextPrivate, Free> context_;
  std::size_t channels_;
  std::size_t left_;  // frames that still count
  std::vector<std::int16_t> interleaved_;
};

}  // namespace soundbite::media
