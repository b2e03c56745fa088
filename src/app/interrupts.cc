#include "app/interrupts.h"

#include <pthread.h>

#include <csignal>

namespace soundbite {

namespace {

constexpr int wake_up = SIGUSR1;  // ends the thread

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, wake_up}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Interrupts::Interrupts() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void Interrupts::watch(std::function<void(int)> on_signal) {
  thread_ = std::thread([on_signal = std::move(on_signal)] {
    const sigset_t set = watched_signals();
    int signal = 0;
    while (sigwait(&set, &signal) != 0) {
    }
    if (signal != wake_up) on_signal(signal);
  });
}

Interrupts::~Interrupts() {
  if (!thread_.joinable()) return;
  pthread_kill(thread_.native_handle(), wake_up);
  thread_.join();
}

}  // namespace soundbite
