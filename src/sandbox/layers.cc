#include "sandbox/layers.h"

#include <algorithm>
#include <utility>

namespace soundbite {
namespace {

// Each of these alone keeps a child from what is not its own.
constexpr LayerSet walls = {Layer::net_namespace, Layer::mount_namespace, Layer::landlock, Layer::seccomp};

std::string_view fix_for(Layer layer) {
  switch (layer) {
    case Layer::privileges:
    case Layer::limits:
    case Layer::memory_limit: return "run on Linux 5.15 or later";
    case Layer::user_namespace:
    case Layer::net_namespace:
    case Layer::ipc_namespace:
    case Layer::uts_namespace:
    case Layer::mount_namespace:
    case Layer::pid_namespace:
      return "allow namespaces of unprivileged users (sysctl user.max_user_namespaces, "
             "kernel.unprivileged_userns_clone, "
             "kernel.apparmor_restrict_unprivileged_userns), in a container let its seccomp profile permit clone and "
             "unshare with them";
    case Layer::landlock: return "run on Linux 5.13 or later with landlock among its security modules (lsm=)";
    case Layer::seccomp: return "run on a kernel with CONFIG_SECCOMP_FILTER";
  }
  std::unreachable();
}

}  // namespace

std::vector<Layer> LayerSet::list() const {
  std::vector<Layer> layers;
  for (std::uint32_t i = 0; i < layer_count; ++i) {
    if (has(static_cast<Layer>(i))) layers.push_back(static_cast<Layer>(i));
  }
  return layers;
}

LayerSet unbearable_layers() {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return {Layer::memory_limit,  Layer::user_namespace,  Layer::net_namespace, Layer::ipc_namespace,
          Layer::uts_namespace, Layer::mount_namespace, Layer::pid_namespace, Layer::seccomp};
#else
  return {};
#endif
}

std::string_view name_of(Layer layer) {
  switch (layer) {
    case Layer::privileges: return "privileges";
    case Layer::limits: return "limits";
    case Layer::memory_limit: return "memory_limit";
    case Layer::user_namespace: return "user_namespace";
    case Layer::net_namespace: return "net_namespace";
    case Layer::ipc_namespace: return "ipc_namespace";
    case Layer::uts_namespace: return "uts_namespace";
    case Layer::mount_namespace: return "mount_namespace";
    case Layer::pid_namespace: return "pid_namespace";
    case Layer::landlock: return "landlock";
    case Layer::seccomp: return "seccomp";
  }
  std::unreachable();
}

std::string_view name_of(SandboxLevel level) {
  switch (level) {
    case SandboxLevel::none: return "none";
    case SandboxLevel::partial: return "partial";
    case SandboxLevel::strict: return "strict";
  }
  std::unreachable();
}

SandboxReport report_on(LayerSet held) {
  SandboxReport report;
  for (const Layer layer : held.list()) report.layers.emplace_back(name_of(layer));
  for (const Layer layer : LayerSet::all().without(held).list()) report.missing.emplace_back(name_of(layer));
  if (report.missing.empty()) {
    report.level = SandboxLevel::strict;
  } else if (walls.without(held) != walls) {
    report.level = SandboxLevel::partial;
  }
  return report;
}

std::string advice_on(LayerSet held) {
  std::string names;
  std::vector<std::string_view> fixes;
  for (const Layer layer : LayerSet::all().without(held).list()) {
    names += (names.empty() ? "" : ", ") + std::string(name_of(layer));
    if (std::ranges::find(fixes, fix_for(layer)) == fixes.end()) fixes.push_back(fix_for(layer));
  }
  if (names.empty()) return {};
  std::string line = "the sandbox of media children lacks " + names + ": ";
  for (const std::string_view fix : fixes) line += (fix == fixes.front() ? "" : "; ") + std::string(fix);
  return line;
}

}  // namespace soundbite
