#include "sandbox/media_host.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>

#include "job/output_plan.h"
#include "sandbox/child_encode.h"
#include "sandbox/zygote_link.h"

namespace soundbite {
namespace {

// A program that dies before it is ready is not started again sooner than this.
constexpr Seconds broken_pause{1};

struct EncodePipes {
  File samples_out;  // ours
  File samples_in;   // the child's
  File status_in;    // ours
  File status_out;   // the child's
};

Result<EncodePipes> make_pipes() {
  int samples[2];
  // A socket and not a pipe: MSG_NOSIGNAL keeps a dead child from raising SIGPIPE, and shutdown() wakes a writer from
  // another thread.
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, samples) != 0) {
    return std::unexpected(error_from_errno(errno, "socketpair"));
  }
  EncodePipes pipes{.samples_out = File(samples[0]), .samples_in = File(samples[1]), .status_in = {}, .status_out = {}};
  int status[2];
  if (::pipe2(status, O_CLOEXEC) != 0) return std::unexpected(error_from_errno(errno, "pipe"));
  pipes.status_in = File(status[0]);
  pipes.status_out = File(status[1]);
  if (::fcntl(status[0], F_SETFL, O_NONBLOCK) != 0) return std::unexpected(error_from_errno(errno, "fcntl"));
  return pipes;
}

class Host final : public MediaHost {
 public:
  Host(MediaHostOptions options, Log& log, prometheus::Registry& registry)
      : options_(std::move(options)), log_(log), metrics_(registry) {}

  Result<void> open() {
    auto link = live_link();
    if (!link) return std::unexpected(std::move(link.error()));
    return {};
  }

  Result<std::unique_ptr<Encode>> start(const EncodeRequest& request, const File& output) override {
    const auto plan = plan_output(request.output, request.input_rate);
    if (!plan) return std::unexpected(plan.error());
    if (::fcntl(output.fd(), F_GETFD) < 0) return fail(ErrorCode::internal, "the output is not open");
    auto pipes = make_pipes();
    if (!pipes) return std::unexpected(std::move(pipes.error()));
    const std::array fds = {pipes->samples_in.fd(), output.fd(), pipes->status_out.fd()};
    const wire::Request message{.input_rate = request.input_rate,
                                .format = static_cast<std::uint32_t>(plan->format),
                                .sample_rate = plan->sample_rate,
                                .channels = plan->channels,
                                .bitrate = plan->bitrate};
    auto link = live_link();
    if (!link) return std::unexpected(std::move(link.error()));
    auto child = (*link)->launch(message, fds);
    if (!child) {
      // It died since it was last heard of: once more with a new one.
      (*link)->end();
      link = live_link();
      if (!link) return std::unexpected(std::move(link.error()));
      child = (*link)->launch(message, fds);
    }
    if (!child) return std::unexpected(std::move(child.error()));
    return std::make_unique<ChildEncode>(ChildEncode::Parts{.link = std::move(*link),
                                                            .child = std::move(*child),
                                                            .samples = std::move(pipes->samples_out),
                                                            .status = std::move(pipes->status_in),
                                                            .plan = *plan,
                                                            .idle_limit = options_.idle_limit,
                                                            .metrics = metrics_});
  }

  Result<std::unique_ptr<Process>> process(const MediaTask&, const ProcessFiles&, ProcessListener) override {
    return fail(ErrorCode::unavailable, "recordings cannot be processed yet");
  }

  std::string state() const override {
    const std::lock_guard lock(mutex_);
    return broken() ? broken_message() : "ok";
  }

 private:
  // The link that is there, or a new one.
  Result<std::shared_ptr<ZygoteLink>> live_link() {
    const std::lock_guard lock(mutex_);
    if (link_ && !link_->dead()) return link_;
    if (broken() && std::chrono::steady_clock::now() - link_->started_at() < broken_pause) {
      return fail(ErrorCode::unavailable, broken_message());
    }
    auto link = ZygoteLink::start(options_.program, log_, metrics_);
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
