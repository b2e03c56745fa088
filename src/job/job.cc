#include "job/job.h"

#include <array>

namespace soundbite {

namespace {

constexpr std::array<std::string_view, 5> status_names = {"pending", "processing", "ready", "failed", "cancelled"};

}  // namespace

std::string_view name_of(Status status) { return status_names[static_cast<std::size_t>(status)]; }

std::optional<Status> parse_status(std::string_view name) {
  for (std::size_t i = 0; i < status_names.size(); ++i) {
    if (status_names[i] == name) return static_cast<Status>(i);
  }
  return std::nullopt;
}

std::string artefact_key(const Output& output, Artefact artefact) {
  static constexpr std::array<std::string_view, 4> names = {"analysis.json", "waveform.dat", "waveform.png",
                                                            "spectrogram.png"};
  const std::string folder = output.blob_key.substr(0, output.blob_key.rfind('/') + 1);
  return folder + std::string(names[static_cast<std::size_t>(artefact)]);
}

std::vector<std::string> blob_keys_of(const Output& output) {
  std::vector<std::string> keys{output.blob_key};
  if (!output.analysed) return keys;
  for (const auto artefact :
       {Artefact::analysis, Artefact::waveform, Artefact::waveform_png, Artefact::spectrogram_png}) {
    keys.push_back(artefact_key(output, artefact));
  }
  return keys;
}

}  // namespace soundbite
