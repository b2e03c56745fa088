#include <gtest/gtest.h>

#include "app/progress_bar.h"
#include "app/text_table.h"

namespace soundbite {
namespace {

TEST(TextTable, columns_are_as_wide_as_their_widest_cell) {
  EXPECT_EQ(text_table({{"ID", "NAME", "STATE"}, {"a", "Zoë", "ok"}, {"bbbb", "Al", ""}}),
            "ID    NAME  STATE\na     Zoë   ok\nbbbb  Al\n");
}

TEST(ProgressBar, a_share_is_drawn_and_never_leaves_its_bounds) {
  EXPECT_EQ(progress_line(0.3), "[#########---------------------]  30 %");
  EXPECT_EQ(progress_line(-1), "[------------------------------]   0 %");
  EXPECT_EQ(progress_line(2), "[##############################] 100 %");
}

}  // namespace
}  // namespace soundbite
