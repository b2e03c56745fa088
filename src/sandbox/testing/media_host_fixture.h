// What the tests of the media host share: a host with either program, and a look at the processes below it.
#pragma once

#include <dirent.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "sandbox/media_host.h"
#include "sandbox/testing/misbehaviour.h"

namespace soundbite {

inline std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> names;
  DIR* dir = ::opendir(folder.c_str());
  while (const dirent* entry = ::readdir(dir)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(dir);
  return names;
}

// Empty when there is no such process. One that ends between the open and the read is an error of the read: getline
// says so by an empty line, an iterator throws.
inline std::string stat_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text;
  std::getline(file, text);
  return text;
}

// What /proc says of the children of `parent`; zombies too.
inline std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const std::string& name : entries_of("/proc")) {
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string text = stat_of(name);
    if (text.empty()) continue;
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    char state = 0;
    pid_t ppid = 0;
    rest >> state >> ppid;
    if (ppid == parent) children.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return children;
}

// True once no process of this id runs (it may still wait to be reaped by whoever inherited it).
inline bool vanishes(pid_t pid) {
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = stat_of(std::to_string(pid));
    if (text.empty() || text[text.rfind(')') + 2] == 'Z') return true;
    std::this_thread::sleep_for(Milliseconds{5});
  }
  return false;
}

inline File memory_file(const char* name = "output") { return File(::memfd_create(name, MFD_CLOEXEC)); }

inline std::string text_of(const File& file) {
  std::string text(*file.size(), '\0');
  std::ignore = file.read_at(std::as_writable_bytes(std::span(text)), 0);
  return text;
}

class HostFixture : public testing::Test {
 protected:
  MediaHost& open(MediaHostOptions options) {
    host_.reset();
    auto started = start_media_host(std::move(options), log_, registry_);
    if (!started) throw std::runtime_error(started.error().message);
    host_ = std::move(*started);
    return *host_;
  }
  MediaHost& open(const char* program, Milliseconds idle_limit = Seconds{20}) {
    return open({.program = program, .idle_limit = idle_limit});
  }
  MediaHost& misbehaving(Milliseconds idle_limit = Seconds{20}) { return open(MISBEHAVING_MEDIA, idle_limit); }
  // Also without the layers of `withheld`.
  MediaHost& misbehaving_without(LayerSet withheld) {
    return open({.program = MISBEHAVING_MEDIA, .withheld = withheld.with(unbearable_layers())});
  }

  double exits(std::string_view reason) {
    std::istringstream text(metrics_text(registry_));
    const std::string line_start = "soundbite_media_exits_total{reason=\"" + std::string(reason) + "\"} ";
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with(line_start)) return std::stod(line.substr(line_start.size()));
    }
    return 0;
  }
  // The exit is told by another thread a moment after the caller has its answer.
  bool hears_of_exit(std::string_view reason, double count = 1) {
    for (int i = 0; i < 1'000 && exits(reason) < count; ++i) std::this_thread::sleep_for(Milliseconds{5});
    return exits(reason) == count;
  }
  // The same for the first word of the program.
  SandboxReport report_of(const MediaHost& host) {
    for (int i = 0; i < 1'000 && !host.report(); ++i) std::this_thread::sleep_for(Milliseconds{5});
    return host.report().value();
  }

  static pid_t zygote() { return children_of(::getpid()).at(0); }
  // The one child that there is, once it is there. Before it is ready the program forks others to try its sandbox.
  pid_t child() {
    report_of(*host_);
    for (int i = 0; i < 1'000; ++i) {
      if (const auto pids = children_of(zygote()); !pids.empty()) return pids[0];
      std::this_thread::sleep_for(Milliseconds{5});
    }
    throw std::runtime_error("no child was forked");
  }

  prometheus::Registry registry_;
  Log log_{LogFormat::text, LogLevel::off};
  std::unique_ptr<MediaHost> host_;
};

}  // namespace soundbite
