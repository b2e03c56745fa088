// kill -9 at any moment: what was acknowledged is there after the next start.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>

#include "tests/fault/recordings_kept.h"
#include "tests/fault/store_round.h"

namespace soundbite {

namespace {

struct Child {
  pid_t pid = -1;
  File output;
};

Child start_on(const std::string& folder) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string program = SUBMIT_UNTIL_KILLED;
  std::string argument = folder;
  std::array<char*, 3> arguments{program.data(), argument.data(), nullptr};
  Child child;
  EXPECT_EQ(::posix_spawn(&child.pid, program.c_str(), &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  child.output = File(ends[0]);
  return child;
}

// Reads until the child's end, or until `patience` after its first line; then kills it and reads the rest.
std::string read_until_killed(const Child& child, Milliseconds patience) {
  std::string text;
  Deadline end = Deadline::in(Seconds(60));
  bool killed = false;
  while (true) {
    pollfd waiting{child.output.fd(), POLLIN, 0};
    const auto left = std::chrono::ceil<Milliseconds>(end.left());
    if (!killed && (left.count() == 0 || ::poll(&waiting, 1, int(left.count())) == 0)) {
      ::kill(child.pid, SIGKILL);
      killed = true;
    }
    std::array<char, 4096> block{};
    const ssize_t n = ::read(child.output.fd(), block.data(), block.size());
    if (n <= 0) break;
    if (text.empty()) end = Deadline::in(patience);
    text.append(block.data(), std::size_t(n));
  }
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child stopped by itself";
  return text;
}

void note_line(char what, const UuidBytes& id, Acknowledged& jobs, AcknowledgedRecordings& recordings) {
  switch (what) {
    case 'S': jobs.submitted.insert({id}); break;
    case 'R': jobs.ready.insert({id}); break;
    case 'A': recordings.files.insert({id}); break;
    case 'U': recordings.chunks[{id}] = 0; break;
    case 'K': ++recordings.chunks[{id}]; break;
    case 'B': recordings.whole.insert({id}); break;
    default: ADD_FAILURE() << "an unknown line: " << what;
  }
}

void note(const std::string& text, Acknowledged& acknowledged, AcknowledgedRecordings& recordings) {
  constexpr std::size_t line = 2 + 36 + 1;
  for (std::size_t at = 0; at + line <= text.size(); at += line) {
    const auto id = parse_uuid(std::string_view(text).substr(at + 2, 36));
    ASSERT_TRUE(id.has_value());
    note_line(text[at], *id, acknowledged, recordings);
  }
}

TEST(KillNine, loses_nothing_acknowledged_at_any_moment) {
  constexpr int kills = 20;
  constexpr int kills_between_checks = 5;
  std::mt19937 dice(20'240'601);
  std::uniform_int_distribution<int> patience(0, 60);
  const FaultFolder folder;
  Acknowledged acknowledged;
  AcknowledgedRecordings recordings;
  for (int i = 1; i <= kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    const auto child = start_on(folder.path());
    note(read_until_killed(child, Milliseconds(patience(dice))), acknowledged, recordings);
    if (i % kills_between_checks == 0) {
      expect_recordings_kept(folder.path(), recordings);
      expect_kept(folder.path(), acknowledged);
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(acknowledged.submitted.size(), std::size_t(kills));
  EXPECT_FALSE(recordings.files.empty());
  EXPECT_FALSE(recordings.whole.empty());
  std::printf("%d kills, %zu jobs acknowledged, %zu of them ready; %zu files, %zu uploads, %zu of them whole\n", kills,
              acknowledged.submitted.size(), acknowledged.ready.size(), recordings.files.size(),
              recordings.chunks.size(), recordings.whole.size());
}

}  // namespace

}  // namespace soundbite
