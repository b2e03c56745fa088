#include "onnx/skim.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "onnx/testing/tiny_voice.h"

namespace soundbite {
namespace {

File holding(std::string_view bytes) {
  File file(memfd_create("model", MFD_CLOEXEC));
  EXPECT_TRUE(file.write_all(std::as_bytes(std::span(bytes))));
  return file;
}

TEST(Skim, accepts_a_whole_model) {
  EXPECT_TRUE(skim_model(holding(make_tiny_voice())));
  const File joe(open(SOUNDBITE_TEST_DEPS_DIR "/voices/en_US-joe-medium.onnx", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(skim_model(joe));
}

TEST(Skim, sees_a_model_that_breaks_off_anywhere_in_its_graph) {
  const auto whole = make_tiny_voice();
  const std::size_t graph_end = whole.rfind('\x42');
  for (std::size_t length = 0; length < graph_end; length += 7)
    ASSERT_FALSE(skim_model(holding(std::string_view(whole).substr(0, length)))) << length;
}

TEST(Skim, refuses_what_is_no_model) {
  EXPECT_FALSE(skim_model(holding("<html>not found</html>")));
  EXPECT_FALSE(skim_model(holding(std::string(100'000, '\0'))));
  EXPECT_FALSE(skim_model(holding("")));
}

}  // namespace
}  // namespace soundbite
