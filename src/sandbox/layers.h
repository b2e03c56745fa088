// What a media child is held by, layer by layer, and how much of it this machine allows. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace soundbite {

enum class Layer : std::uint32_t {
  privileges,      // no_new_privs, no capabilities, not dumpable
  limits,          // of processor time, size of files, open files, processes, core dumps
  memory_limit,    // of address space
  user_namespace,  // its root is nobody outside
  net_namespace,   // no network
  ipc_namespace,
  uts_namespace,
  mount_namespace,  // its root folder is an empty one
  pid_namespace,    // it sees no process but itself
  landlock,         // no path may be opened, no port bound or connected to
  seccomp,          // any system call that is not on the list ends it
};

inline constexpr std::uint32_t layer_count = static_cast<std::uint32_t>(Layer::seccomp) + 1;

class LayerSet {
 public:
  constexpr LayerSet() = default;
  constexpr explicit LayerSet(std::uint32_t bits) : bits_(bits & ((1U << layer_count) - 1)) {}
  constexpr LayerSet(std::initializer_list<Layer> layers) {
    for (const Layer layer : layers) bits_ |= bit(layer);
  }
  static constexpr LayerSet all() { return LayerSet(~0U); }

  constexpr std::uint32_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool has(Layer layer) const { return (bits_ & bit(layer)) != 0; }
  constexpr bool has_all(LayerSet other) const { return other.without(*this).empty(); }
  constexpr LayerSet without(LayerSet other) const { return LayerSet(bits_ & ~other.bits_); }
  constexpr LayerSet with(LayerSet other) const { return LayerSet(bits_ | other.bits_); }
  std::vector<Layer> list() const;
  bool operator==(const LayerSet&) const = default;

 private:
  static constexpr std::uint32_t bit(Layer layer) { return 1U << static_cast<std::uint32_t>(layer); }
  std::uint32_t bits_ = 0;
};

// What a sanitizer's run-time cannot live with: it reserves terabytes of address space, opens its maps and symbols by
// path, makes system calls of its own and keeps a thread, with which no namespace of users can be entered. Empty in
// every other build.
LayerSet unbearable_layers();

// "pid_namespace", as reports show it.
std::string_view name_of(Layer layer);

enum class SandboxLevel {
  none,     // nothing keeps a child from files or from the network
  partial,  // some layers are missing
  strict,   // all of them hold
};

// "strict".
std::string_view name_of(SandboxLevel level);

struct SandboxReport {
  SandboxLevel level = SandboxLevel::none;
  std::vector<std::string> layers;   // that hold
  std::vector<std::string> missing;  // that do not
};

SandboxReport report_on(LayerSet held);

// One line for who runs the machine: what is missing, and what would bring it. Empty when nothing is.
std::string advice_on(LayerSet held);

}  // namespace soundbite
