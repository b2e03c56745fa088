// Ctrl-C and its kin, for a command that works on the main thread.
#pragma once

#include <functional>
#include <thread>

namespace soundbite {

// From its making on, SIGINT, SIGTERM and SIGHUP wait until watch() has started a thread that takes them. Make it
// before other threads, which inherit that the signals are not for them.
class Interrupts {
 public:
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  // Calls `on_signal` with the number of the first signal, on a thread of its own. Once.
  void watch(std::function<void(int)> on_signal);

 private:
  std::thread thread_;
};

}  // namespace soundbite
