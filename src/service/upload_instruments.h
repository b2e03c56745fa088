// What is counted of files that arrive.
#pragma once

#include "base/metrics.h"

namespace soundbite {

// For one io thread. `registry` outlives it.
class UploadInstruments {
 public:
  enum class Outcome {
    stored,
    part,  // of a resumable upload: kept
    refused,
    dropped,
  };

  explicit UploadInstruments(prometheus::Registry& registry)
      : bytes_(counter_family(registry, "soundbite_upload_bytes_total", "Bytes of files received").Add({})),
        outcomes_(counter_family(registry, "soundbite_uploads_total", "Files received, by how it ended")),
        arriving_gauge_(gauge_family(registry, "soundbite_uploads_arriving", "Files that arrive now").Add({})) {}

  std::size_t arriving() const { return arriving_; }
  void begun() { arriving_gauge_.Set(static_cast<double>(++arriving_)); }

  void received(std::size_t bytes) { bytes_.Increment(static_cast<double>(bytes)); }
  void ended(Outcome outcome) {
    outcomes_.Add({{"outcome", name_of(outcome)}}).Increment();
    arriving_gauge_.Set(static_cast<double>(--arriving_));
  }

 private:
  static const char* name_of(Outcome outcome) {
    switch (outcome) {
      case Outcome::stored: return "stored";
      case Outcome::part: return "part";
      case Outcome::refused: return "refused";
      case Outcome::dropped: break;
    }
    return "dropped";
  }

  prometheus::Counter& bytes_;
  CounterFamily& outcomes_;
  prometheus::Gauge& arriving_gauge_;
  std::size_t arriving_ = 0;
};

}  // namespace soundbite
