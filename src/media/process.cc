#include "media/process.h"

#include <utility>

#include "media/production.h"

namespace soundbite::media {

Result<MediaOutcome> process(const MediaTask& task, const ProcessDescriptors& descriptors,
                             std::function<void(double done)> on_progress) {
  return Production(task, descriptors, std::move(on_progress)).run();
}

}  // namespace soundbite::media
