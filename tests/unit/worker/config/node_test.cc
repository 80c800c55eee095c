// SPDX-License-Identifier: Apache-2.0
#include "worker/config/node.h"

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

TEST(Node, LocatesWhatAnOptionPathNames) {
  const Node tree = parse("fields:\n  - a\n  - {path: b, 'x.y': c}\nm: {k: [[d]]}\n");
  const auto text = [&](std::string_view path) { return locate(tree, path).node->text(); };
  EXPECT_EQ(text("fields[0]"), "a");
  EXPECT_EQ(text("fields[1].path"), "b");
  EXPECT_EQ(text("fields[1]['x.y']"), "c");
  EXPECT_EQ(text("m.k[0][0]"), "d");
  EXPECT_EQ(locate(tree, "").node, &tree);
}

TEST(Node, FallsBackToTheLastNodeOnTheWay) {
  const Node tree = parse("fields: [a]\n");
  for (const char* path : {"fields[0].path", "fields[0]x", "fields[0]."}) {
    const Located located = locate(tree, path);
    EXPECT_EQ(located.node->text(), "a") << path;
  }
  for (const char* path : {"fields[1]", "fields[x]", "fields[", "fields['a", "fields[-1]"}) {
    const Located located = locate(tree, path);
    EXPECT_TRUE(located.node->is_list()) << path;
    EXPECT_FALSE(located.exact) << path;
  }
  EXPECT_EQ(locate(tree, "other.a").node, &tree);
}

TEST(Node, SetReplacesAMemberInItsPlace) {
  Node map = parse("a: 1\nb: 2\n");
  map.set("a", {}, Node::scalar("3", {}));
  ASSERT_EQ(map.size(), 2U);
  EXPECT_EQ(map.members()[0].value.text(), "3");
  EXPECT_EQ(map.depth(), 2U);
  EXPECT_EQ(map.count(), 3U);
}

}  // namespace
}  // namespace lethe::worker::config
