// SPDX-License-Identifier: Apache-2.0
#include "worker/config/secrets.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/unit/worker/config/config_text.h"

namespace lethe::worker::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Secrets : public testing::Test {
 protected:
  Secrets() {
    ::setenv("LETHE_TEST_TOKEN", "canary", 1);
    ::unsetenv("LETHE_TEST_ABSENT");
    path_ = testing::TempDir() + "lethe-secret-" + std::to_string(::getpid());
    std::ofstream(path_) << "from file\n";
    ::chmod(path_.c_str(), 0600);
  }
  ~Secrets() override {
    ::unlink(path_.c_str());
    ::unsetenv("LETHE_TEST_TOKEN");
  }

  // The value of `a`, with what was said about it.
  Node read(const std::string& value, References references) {
    Diagnostics diagnostics;
    auto tree = parse_yaml("a: '" + value + "'", kFile, references, diagnostics);
    said_ = lines(diagnostics);
    return tree ? *tree->find("a") : Node::map({});
  }

  std::string path_;
  std::vector<std::string> said_;
};

TEST_F(Secrets, ARunSeesWhatReferencesStandFor) {
  EXPECT_EQ(read("${env:LETHE_TEST_TOKEN}", References::kResolve).text(), "canary");
  EXPECT_EQ(read("${LETHE_TEST_TOKEN}", References::kResolve).text(), "canary");
  EXPECT_EQ(read("${file:" + path_ + "}", References::kResolve).text(), "from file");
  EXPECT_EQ(read("x-${LETHE_TEST_TOKEN}-${env:LETHE_TEST_TOKEN}!", References::kResolve).text(),
            "x-canary-canary!");
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(Secrets, WhatIsWrittenStaysBesideIt) {
  const Node node = read("x${LETHE_TEST_TOKEN}", References::kResolve);
  EXPECT_EQ(node.written(), "x${LETHE_TEST_TOKEN}");
  EXPECT_TRUE(node.has_reference());
}

TEST_F(Secrets, LintKeepsReferencesAsWritten) {
  EXPECT_EQ(read("${LETHE_TEST_TOKEN}", References::kKeep).text(), "${LETHE_TEST_TOKEN}");
  EXPECT_TRUE(read("${LETHE_TEST_TOKEN}", References::kKeep).has_reference());
}

TEST_F(Secrets, ADoubledDollarIsLiteral) {
  const Node node = read("a$${b}${LETHE_TEST_TOKEN}", References::kResolve);
  EXPECT_EQ(node.text(), "a${b}canary");
  const Node plain = read("$${b}", References::kKeep);
  EXPECT_EQ(plain.text(), "${b}");
  EXPECT_FALSE(plain.has_reference());
  EXPECT_EQ(read("$5 and {x}", References::kKeep).text(), "$5 and {x}");
}

TEST_F(Secrets, WhatIsMissingFailsARunAndWarnsInLint) {
  read("${env:LETHE_TEST_ABSENT}", References::kResolve);
  EXPECT_THAT(said_, ElementsAre("1:4: error: the environment variable LETHE_TEST_ABSENT is not "
                                 "set"));
  read("${env:LETHE_TEST_ABSENT}", References::kKeep);
  EXPECT_THAT(said_, ElementsAre(StartsWith("1:4: warning: the environment variable "
                                            "LETHE_TEST_ABSENT is not set here")));
  read("${file:/nowhere/x}", References::kResolve);
  EXPECT_THAT(said_, ElementsAre("1:4: error: the secret file /nowhere/x cannot be read"));
  read("${file:/tmp}", References::kResolve);
  EXPECT_THAT(said_, ElementsAre("1:4: error: the secret file /tmp cannot be read"));
}

TEST_F(Secrets, MalformedReferencesAreErrorsInBothModes) {
  for (const char* value :
       {"${env:LETHE", "${vault:x}", "${}", "${env:}", "${file:}", "${1A}", "${A-B}"})
    for (const References mode : {References::kKeep, References::kResolve}) {
      read(value, mode);
      EXPECT_THAT(said_, ElementsAre(StartsWith("1:4: error: "))) << value;
    }
}

TEST_F(Secrets, ASecretFileThatEverybodyMayReadIsAWarning) {
  ::chmod(path_.c_str(), 0644);
  read("${file:" + path_ + "}", References::kResolve);
  EXPECT_THAT(said_, ElementsAre(HasSubstr("chmod o-r " + path_)));
}

TEST_F(Secrets, ALargeFileIsNoSecret) {
  std::ofstream(path_) << std::string(70'000, 'x');
  read("${file:" + path_ + "}", References::kResolve);
  EXPECT_THAT(said_, ElementsAre(HasSubstr("larger than 64 KiB")));
}

TEST_F(Secrets, NoMessageShowsWhatAReferenceStandsFor) {
  const std::string bad = R"(pipeline: "${LETHE_TEST_TOKEN} !"
delivery: ${LETHE_TEST_TOKEN}
tasks: ${LETHE_TEST_TOKEN}
source: {kafka: {brokers: "${LETHE_TEST_TOKEN}", topics: "${LETHE_TEST_TOKEN} !"}}
sink: {file: {path: "${LETHE_TEST_TOKEN}", append: "${LETHE_TEST_TOKEN}"}}
transforms:
  - encrypt: {subject: "forbidden ${LETHE_TEST_TOKEN}", fields: [a]}
  - encrypt: {subject: x, fields: [a], algorithm: "${LETHE_TEST_TOKEN}"}
kms: {root: "${LETHE_TEST_TOKEN}", key_names: "${LETHE_TEST_TOKEN}"}
)";
  const auto said = lint(bad, References::kResolve);
  EXPECT_GE(said.size(), 8U);
  EXPECT_THAT(said, testing::Each(testing::Not(HasSubstr("canary"))));
}

}  // namespace
}  // namespace lethe::worker::config
