// soundbite-media: the only program that links libav. It is started by soundbite, forks one confined child for each
// task, and ends with its parent.
#include <sys/socket.h>

#include <iostream>

#include "media/encode.h"
#include "media/process.h"
#include "media/warm_up.h"
#include "sandbox/wire.h"
#include "sandbox/zygote.h"

namespace {

using namespace soundbite;

Result<std::uint64_t> run_encode(const EncodeTask& task, std::function<void(std::uint64_t)> on_progress) {
  const media::EncodeJob job{.input_rate = task.input_rate, .plan = task.plan};
  const auto report = media::encode(job, media::PcmReader(task.samples.fd()), task.output.fd(), std::move(on_progress));
  if (!report) return std::unexpected(report.error());
  return report->frames;
}

Result<MediaOutcome> run_process(const MediaTask& task, const ProcessTask& files,
                                 std::function<void(double)> on_progress) {
  media::ProcessDescriptors descriptors{.inputs = {},
                                        .pcm = files.fd(wire::Role::pcm),
                                        .audio = files.fd(wire::Role::audio),
                                        .waveform = files.fd(wire::Role::waveform),
                                        .waveform_png = files.fd(wire::Role::waveform_png),
                                        .spectrogram_png = files.fd(wire::Role::spectrogram_png),
                                        .speech = files.fd(wire::Role::speech),
                                        .spool = files.fd(wire::Role::spool)};
  for (const File& input : files.inputs) descriptors.inputs.push_back(input.fd());
  return media::process(task, descriptors, std::move(on_progress));
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
  media::warm_up();
  return run_zygote(File(wire::channel_fd), {.encode = run_encode, .process = run_process});
}
