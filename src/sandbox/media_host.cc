#include "sandbox/media_host.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>

#include "job/output_plan.h"
#include "sandbox/child_encode.h"
#include "sandbox/child_process.h"
#include "sandbox/task_files.h"
#include "sandbox/zygote_link.h"

namespace soundbite {
namespace {

// A program that dies before it is ready is not started again sooner than this.
constexpr Seconds broken_pause{1};
// Until it is ready, where that is waited for. It takes 0.1 s on an idle machine.
constexpr Seconds ready_limit{30};

// Of address space. The program and its libraries take 0.25 GB; an hour of stereo with everything done to it, 0.07
// more.
constexpr std::uint64_t memory_bytes = std::uint64_t{1} << 30;

constexpr double detector_rate = 16'000;       // Hz, of the speech tap
constexpr std::uint32_t encode_cpu_s = 3'600;  // our own samples, at 100 times their speed or more
constexpr std::uint32_t process_cpu_base_s = 60;
constexpr int wall_per_cpu = 4;  // as many children may share a core

// The slowest recipe runs at several times the speed of its inputs; one that does not has met what it should not.
std::uint32_t process_cpu_s(const MediaTask& task) {
  const auto sources = static_cast<double>(std::max<std::size_t>(task.inputs.size(), 1));
  return process_cpu_base_s + static_cast<std::uint32_t>(std::min(task.limits.max_seconds * sources, 1e6));
}

// Our own samples may be as many as they like.
std::uint64_t max_speech(const MediaTask& task) {
  if (task.pcm_rate) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>((task.limits.max_seconds + 1) * detector_rate);
}

class Host final : public MediaHost {
 public:
  Host(MediaHostOptions options, Log& log, prometheus::Registry& registry)
      : options_(std::move(options)), log_(log), metrics_(registry) {}

  Result<void> open() {
    auto link = live_link();
    if (!link) return std::unexpected(std::move(link.error()));
    if (!options_.require_strict) return {};
    if (!(*link)->wait_until_ready(ready_limit)) return fail(ErrorCode::unavailable, broken_message());
    if (const std::string lacks = advice(); !lacks.empty()) {
      return fail(ErrorCode::unavailable, "the strict sandbox is required, but " + lacks);
    }
    return {};
  }

  Result<std::unique_ptr<Encode>> start(const EncodeRequest& request, const File& output) override {
    const auto plan = plan_output(request.output, request.input_rate);
    if (!plan) return std::unexpected(plan.error());
    if (::fcntl(output.fd(), F_GETFD) < 0) return fail(ErrorCode::internal, "the output is not open");
    auto status = make_status_pipe();
    if (!status) return std::unexpected(std::move(status.error()));
    auto samples = make_stream();
    if (!samples) return std::unexpected(std::move(samples.error()));
    const std::array fds = {status->theirs.fd(), samples->theirs.fd(), output.fd()};
    auto launched = launch({.kind = wire::RequestKind::encode,
                            .cpu_seconds = encode_cpu_s,
                            .file_bytes = MediaLimits{}.max_output_bytes,
                            .input_rate = request.input_rate,
                            .format = static_cast<std::uint32_t>(plan->format),
                            .sample_rate = plan->sample_rate,
                            .channels = plan->channels,
                            .bitrate = plan->bitrate},
                           fds);
    if (!launched) return std::unexpected(std::move(launched.error()));
    ChildLine::Parts line = line_to(std::move(*launched), std::move(status->ours));
    line.samples = std::move(samples->ours);
    return std::make_unique<ChildEncode>(std::move(line), *plan, metrics_);
  }

  Result<std::unique_ptr<Process>> process(const MediaTask& task, const ProcessFiles& files,
                                           ProcessListener listener) override {
    if (task.tap_speech && !listener.speech) return fail(ErrorCode::internal, "nobody listens to the speech");
    auto made = make_task_files(task, files, options_.spool_folder);
    if (!made) return std::unexpected(std::move(made.error()));
    const std::uint32_t cpu_seconds = process_cpu_s(task);
    auto launched = launch({.kind = wire::RequestKind::process,
                            .cpu_seconds = cpu_seconds,
                            .file_bytes = task.limits.max_output_bytes,
                            .roles = made->roles},
                           made->descriptors);
    if (!launched) return std::unexpected(std::move(launched.error()));
    ChildLine::Parts line = line_to(std::move(*launched), std::move(made->status.ours));
    line.samples = std::move(made->samples.ours);
    line.speech = std::move(made->speech.ours);
    line.max_speech_samples = max_speech(task);
    return std::make_unique<ChildProcess>(ChildProcess::Parts{.line = std::move(line),
                                                              .report = std::move(made->report),
                                                              .task = task,
                                                              .listener = std::move(listener),
                                                              .time_limit = Seconds{cpu_seconds} * wall_per_cpu},
                                          metrics_);
  }

  std::string state() const override {
    const std::lock_guard lock(mutex_);
    return broken() ? broken_message() : "ok";
  }

  std::optional<SandboxReport> report() const override {
    const auto held = layers();
    if (!held) return std::nullopt;
    return report_on(*held);
  }

  std::string advice() const override {
    const auto held = layers();
    return held ? advice_on(*held) : std::string();
  }

 private:
  struct Launched {
    std::shared_ptr<ZygoteLink> link;
    ZygoteLink::Child child;
  };

  Result<Launched> launch(wire::Request request, std::span<const int> fds) {
    request.layers = options_.require_strict ? LayerSet::all().bits() : 0;
    request.memory_bytes = memory_bytes;
    auto link = live_link();
    if (!link) return std::unexpected(std::move(link.error()));
    auto child = (*link)->launch(request, fds);
    if (!child) {
      // It died since it was last heard of: once more with a new one.
      (*link)->end();
      link = live_link();
      if (!link) return std::unexpected(std::move(link.error()));
      child = (*link)->launch(request, fds);
    }
    if (!child) return std::unexpected(std::move(child.error()));
    return Launched{std::move(*link), std::move(*child)};
  }

  ChildLine::Parts line_to(Launched launched, File status) const {
    return {.link = std::move(launched.link),
            .child = std::move(launched.child),
            .status = std::move(status),
            .idle_limit = options_.idle_limit};
  }

  // As last told by a program that got ready.
  std::optional<LayerSet> layers() const {
    const std::lock_guard lock(mutex_);
    return link_ ? link_->held() : std::nullopt;
  }

  // The link that is there, or a new one.
  Result<std::shared_ptr<ZygoteLink>> live_link() {
    const std::lock_guard lock(mutex_);
    if (link_ && !link_->dead()) return link_;
    if (broken() && std::chrono::steady_clock::now() - link_->started_at() < broken_pause) {
      return fail(ErrorCode::unavailable, broken_message());
    }
    auto link = ZygoteLink::start(options_.program, options_.withheld, log_, metrics_);
    if (!link) return std::unexpected(std::move(link.error()));
    return link_ = std::move(*link);
  }

  bool broken() const { return link_ && link_->dead() && !link_->was_ready(); }
  std::string broken_message() const { return options_.program + " ends as soon as it starts; run it to see why"; }

  const MediaHostOptions options_;
  Log& log_;
  MediaMetrics metrics_;
  mutable std::mutex mutex_;
  std::shared_ptr<ZygoteLink> link_;  // the last one; null before the first
};

}  // namespace

Result<std::unique_ptr<MediaHost>> start_media_host(MediaHostOptions options, Log& log,
                                                    prometheus::Registry& registry) {
  auto host = std::make_unique<Host>(std::move(options), log, registry);
  if (auto opened = host->open(); !opened) return std::unexpected(std::move(opened.error()));
  return host;
}

}  // namespace soundbite
