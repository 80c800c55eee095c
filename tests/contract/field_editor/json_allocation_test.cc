// SPDX-License-Identifier: Apache-2.0
//
// Once buffers have grown, locating allocates nothing. A program of its own, since it counts every
// operator new (counting_new.cc).

#include <gtest/gtest.h>

#include "plugins/fields/template.h"
#include "tests/contract/field_editor/counting_new.h"
#include "tests/contract/field_editor/engines.h"

namespace lethe::fields {
namespace {

class Allocations : public EngineTest {
 protected:
  std::size_t of_located(const Selection& selection) const {
    const std::string documents[] = {
        R"({"id":"user-1","a":{"b":"x\n","\u0063":"y"},"m":{"k":1,"l":{"ssn":"1"}},"t":"enc1.abc"})",
        R"({"id":"user-2","a":{"b":"z"},"m":{"o":{"$enc":1},"p":["enc1.q"]},"n":[1,2,{"x":[]}]})",
        R"({"id":"user-3","a":{"b":1,"b":2}})", R"({"id":"user-4",)"};
    const auto under_test = editor(selection);
    Hits hits;
    std::size_t before = 0;
    for (int round = 0; round < 100; ++round) {
      if (round == 2) before = allocations();
      hits.clear();
      for (const std::string& document : documents) {
        static_cast<void>(under_test->locate(document, hits));
      }
    }
    return allocations() - before;
  }
};

TEST_P(Allocations, AreNoneWhenFieldsAreLocated) {
  EXPECT_EQ(of_located(select({"a.b", "a.c", "n[*].x"}, {"id"})), 0u);
  EXPECT_EQ(of_located(select({"m.*"}, {"id"})), 0u);
  EXPECT_EQ(of_located(select({"**.ssn"}, {"id"})), 0u);
}

TEST_P(Allocations, AreNoneWhenSealedValuesAreSearched) {
  EXPECT_EQ(of_located(select_sealed()), 0u);
}

TEST_P(Allocations, AreCountedAtAll) {
  const std::size_t before = allocations();
  const auto under_test = editor(select({"a"}));
  EXPECT_GT(allocations(), before);
}

LETHE_FOR_EACH_ENGINE(Allocations);

TEST(TemplateAllocations, AreNoneWhenASubjectIsRendered) {
  const SubjectTemplate subject =
      SubjectTemplate::parse("user-{{record.value.id}}-{{record.topic}}").value();
  const VariableText values[] = {VariableText::token(TokenKind::kString, R"("a\u00e9b\nc")"),
                                 VariableText::bytes("customers-with-a-long-name")};
  std::string out;
  out.reserve(kMaxSubjectSize);
  const std::size_t before = allocations();
  for (int round = 0; round < 100; ++round) ASSERT_TRUE(subject.render(values, out));
  EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace lethe::fields
