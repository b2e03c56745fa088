#include "job/recipe.h"

#include <gmock/gmock.h>

namespace soundbite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FileId file(std::uint8_t number) { return FileId{{number}}; }

template <std::size_t... index>
std::vector<std::string_view> names_of_all(std::index_sequence<index...>) {
  return {name_of(Operation(std::in_place_index<index>))...};
}

TEST(Recipe, names_every_operation_as_the_contract_does) {
  EXPECT_THAT(names_of_all(std::make_index_sequence<std::variant_size_v<Operation>>()),
              ElementsAre("trim", "silence", "gain", "loudness", "fade", "tempo", "pitch", "denoise", "highpass",
                          "lowpass", "concat", "mix", "channels"));
  EXPECT_EQ(name_of(operation::Mix{}), "mix");
}

TEST(Recipe, lists_its_files_in_the_order_it_names_them_each_with_its_place) {
  const Recipe recipe = {operation::Concat{{file(3), file(1)}, 0}, operation::Gain{1}, operation::Mix{file(3)},
                         operation::Concat{{file(2)}, 0}};
  EXPECT_THAT(files_of(recipe), ElementsAre(file(3), file(1), file(3), file(2)));
  EXPECT_THAT(pointers_of_files(recipe),
              ElementsAre("/process/0/fileIds/0", "/process/0/fileIds/1", "/process/2/fileId", "/process/3/fileIds/0"));
}

TEST(Recipe, has_no_files_unless_it_names_some) {
  EXPECT_THAT(files_of({operation::Trim{}, operation::Fade{1, 1}}), IsEmpty());
  EXPECT_THAT(pointers_of_files({operation::Trim{}}), IsEmpty());
}

}  // namespace
}  // namespace soundbite
