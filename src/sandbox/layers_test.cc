#include "sandbox/layers.h"

#include <gmock/gmock.h>

namespace soundbite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Layers, are_strict_only_together) {
  EXPECT_EQ(report_on(LayerSet::all()).level, SandboxLevel::strict);
  for (const Layer layer : LayerSet::all().list()) {
    const SandboxReport report = report_on(LayerSet::all().without({layer}));
    EXPECT_EQ(report.level, SandboxLevel::partial);
    EXPECT_THAT(report.missing, ElementsAre(name_of(layer)));
  }
}

TEST(Layers, are_none_when_neither_files_nor_network_are_walled_off) {
  EXPECT_EQ(report_on({Layer::privileges, Layer::limits, Layer::pid_namespace}).level, SandboxLevel::none);
  EXPECT_EQ(report_on({Layer::landlock}).level, SandboxLevel::partial);
}

TEST(Layers, name_each_fix_once) {
  const std::string advice = advice_on(LayerSet::all().without({Layer::net_namespace, Layer::pid_namespace}));
  EXPECT_THAT(advice, HasSubstr("lacks net_namespace, pid_namespace: "));
  EXPECT_EQ(advice.find("user.max_user_namespaces"), advice.rfind("user.max_user_namespaces"));
  EXPECT_EQ(advice.find('\n'), std::string::npos);
}

TEST(Layers, need_no_advice_when_all_are_there) { EXPECT_EQ(advice_on(LayerSet::all()), ""); }

TEST(Layers, ignore_bits_that_mean_nothing) { EXPECT_EQ(LayerSet(~0U), LayerSet::all()); }

}  // namespace
}  // namespace soundbite
