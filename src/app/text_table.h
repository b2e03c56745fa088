// Columns for people to read.
#pragma once

#include <string>
#include <vector>

namespace soundbite {

// Rows of equal length, the first being the heading; columns are as wide as their widest cell (in code points), the
// last as it comes.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace soundbite
