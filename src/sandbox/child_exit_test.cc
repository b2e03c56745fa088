#include "sandbox/child_exit.h"

#include <gmock/gmock.h>

#include <csignal>

#include "sandbox/wire.h"

namespace soundbite {
namespace {

// As waitpid gives them.
constexpr int exited(int code) { return code << 8; }
constexpr int killed_by(int number) { return number; }

TEST(ChildExit, tells_ends_apart) {
  EXPECT_EQ(classify(exited(wire::exit_done)), ExitReason::ok);
  EXPECT_EQ(classify(exited(wire::exit_error)), ExitReason::failed);
  EXPECT_EQ(classify(exited(wire::exit_cpu_limit)), ExitReason::resource_limit);
  EXPECT_EQ(classify(exited(wire::exit_file_limit)), ExitReason::resource_limit);
  EXPECT_EQ(classify(exited(wire::exit_memory_limit)), ExitReason::resource_limit);
  EXPECT_EQ(classify(exited(wire::exit_unconfined)), ExitReason::unconfined);
  EXPECT_EQ(classify(exited(1)), ExitReason::crashed);
  EXPECT_EQ(classify(killed_by(SIGSYS)), ExitReason::sandbox_violation);
  EXPECT_EQ(classify(killed_by(SIGKILL)), ExitReason::killed);
  EXPECT_EQ(classify(killed_by(SIGSEGV)), ExitReason::crashed);
}

TEST(ChildExit, says_how_to_mend_a_recording_that_takes_too_much) {
  const auto detail = [](int code) {
    return error_of(ExitReason::resource_limit, exited(code), "/source/file").fields.at(0).detail;
  };
  EXPECT_THAT(detail(wire::exit_cpu_limit), testing::HasSubstr("processor time"));
  EXPECT_THAT(detail(wire::exit_file_limit), testing::HasSubstr("smaller format"));
  EXPECT_THAT(detail(wire::exit_memory_limit), testing::HasSubstr("Lower its sample rate"));
}

TEST(ChildExit, blames_no_recording_for_what_others_did) {
  for (const auto reason : {ExitReason::killed, ExitReason::host_died, ExitReason::unconfined}) {
    EXPECT_EQ(error_of(reason, 0, "/source/file").code, ErrorCode::unavailable);
    EXPECT_TRUE(error_of(reason, 0, "/source/file").fields.empty());
  }
}

TEST(ChildExit, believes_our_own_reason_only_of_a_kill) {
  ChildExit killed, crashed;
  killed.expect(ExitReason::hung);
  crashed.expect(ExitReason::hung);
  EXPECT_EQ(killed.settle(ExitReason::killed, SIGKILL), ExitReason::hung);
  EXPECT_EQ(crashed.settle(ExitReason::crashed, SIGSEGV), ExitReason::crashed);
}

}  // namespace
}  // namespace soundbite
