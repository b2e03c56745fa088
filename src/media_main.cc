// soundbite-media: the only program that links libav. It is started by soundbite, forks one child for each encode, and
// ends with its parent.
#include <sys/socket.h>

#include <iostream>

#include "media/encode.h"
#include "sandbox/wire.h"
#include "sandbox/zygote.h"

namespace {

using namespace soundbite;

Result<std::uint64_t> run_task(const ChildTask& task, std::function<void(std::uint64_t)> on_progress) {
  const media::EncodeJob job{.input_rate = task.input_rate, .plan = task.plan};
  const auto report = media::encode(job, media::PcmReader(task.samples.fd()), task.output.fd(), std::move(on_progress));
  if (!report) return std::unexpected(report.error());
  return report->frames;
}

bool has_channel() {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(wire::channel_fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

}  // namespace

int main() {
  if (!has_channel()) {
    std::cerr << "soundbite-media is started by soundbite and does nothing by itself; try: soundbite --help\n";
    return 2;
  }
  media::quieten_libav();
  return run_zygote(File(wire::channel_fd), run_task);
}
