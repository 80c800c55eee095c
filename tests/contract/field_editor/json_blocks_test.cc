// SPDX-License-Identifier: Apache-2.0
//
// Stage 1 works on blocks of 64 or 128 bytes: whatever may straddle their boundaries is put on
// every one of them. Documents end at a page that must not be touched, since no padding is
// promised.

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "tests/contract/field_editor/engines.h"

namespace lethe::fields {
namespace {

using testing::ElementsAre;

constexpr std::size_t kLengths = 300;

// Holds a document right before a page without access.
class GuardedPage {
 public:
  GuardedPage() : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    void* pages =
        mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) std::abort();
    page_ = static_cast<char*>(pages);
    if (mprotect(page_ + size_, size_, PROT_NONE) != 0) std::abort();
  }
  ~GuardedPage() { munmap(page_, 2 * size_); }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;

  std::string_view hold(std::string_view document) {
    char* const begin = page_ + size_ - document.size();
    std::memcpy(begin, document.data(), document.size());
    return {begin, document.size()};
  }

 private:
  std::size_t size_;
  char* page_;
};

class JsonBlocks : public EngineTest {
 protected:
  GuardedPage page_;
};

TEST_P(JsonBlocks, FindsAFieldBehindAnythingOfAnyLength) {
  const auto fields = editor(select({"k", "z"}));
  const std::string ends[] = {"",         "\\\"",     "\\\\",     "\\\\\\\"",
                              "\\u0041",  "\xC3\xA9", "\\\\\\\\", "\xF0\x9F\x98\x80",
                              "\\\"\\\"", "{\\\"}"};
  for (std::size_t length = 0; length <= kLengths; ++length) {
    for (const std::string& end : ends) {
      const std::string k = '"' + std::string(length, 'x') + end + '"';
      const std::string document = "{\"k\":" + k + ",\"z\":7}";
      const Located located = fields::locate(*fields, page_.hold(document));
      ASSERT_TRUE(located.status) << document;
      ASSERT_THAT(located.found,
                  ElementsAre(Found{0, k, path_of({"k"})}, Found{1, "7", path_of({"z"})}));
    }
  }
}

TEST_P(JsonBlocks, KeepsCountOfBackslashesAcrossBlocks) {
  const auto fields = editor(select({"z"}));
  for (std::size_t before = 0; before < 130; ++before) {
    for (std::size_t pairs = 0; pairs < 70; pairs += 3) {
      const std::string start =
          "{\"k\":\"" + std::string(before, 'x') + std::string(2 * pairs, '\\');
      EXPECT_EQ(fields::locate(*fields, page_.hold(start + "\",\"z\":7}")).found.size(), 1u);
      EXPECT_TRUE(
          fields::locate(*fields, page_.hold(start + "\\\",\\\"z\\\":7}\"}")).found.empty());
      EXPECT_FALSE(fields::locate(*fields, page_.hold(start + "\\\",\"z\":7}")).status);
    }
  }
}

TEST_P(JsonBlocks, TakesScalarsAndWhiteSpaceOfAnyLength) {
  const auto fields = editor(select({"k"}));
  for (std::size_t length = 1; length <= kLengths; ++length) {
    for (const std::string& k : {std::string(length, '1'), "-0." + std::string(length, '5'),
                                 "1e" + std::string(length, '0'), std::string("null")}) {
      const std::string space(length, ' ');
      const std::string document = "{\"k\"" + space + ":" + space + k + space + "}" + space;
      ASSERT_THAT(fields::locate(*fields, page_.hold(document)).found,
                  ElementsAre(Found{0, k, path_of({"k"})}));
      const std::string bad = "{\"k\":" + k + "x}";
      ASSERT_EQ(fields::locate(*fields, page_.hold(bad)).status.error, LocateError::kMalformed);
    }
  }
}

TEST_P(JsonBlocks, ReadsBareScalarsToTheirLastByteAndNoFurther) {
  const auto whole = editor(select({""}));
  for (std::size_t length = 1; length <= kLengths; ++length) {
    for (const std::string& k : {std::string(length, '7'), '"' + std::string(length, 'y') + '"',
                                 "-1." + std::string(length, '0') + "E+1", std::string("true")}) {
      ASSERT_THAT(fields::locate(*whole, page_.hold(k)).found,
                  ElementsAre(Found{0, k, path_of({})}));
    }
    for (const std::string& k : {std::string(length, '7') + "e", "\"" + std::string(length, 'y'),
                                 "\"" + std::string(length, 'y') + "\\", std::string(length, '{'),
                                 std::string("tru"), std::string("-")}) {
      ASSERT_EQ(fields::locate(*whole, page_.hold(k)).status.error, LocateError::kMalformed) << k;
    }
  }
}

TEST_P(JsonBlocks, RefusesEveryPrefixOfADocument) {
  const std::string document =
      R"({"a":{"b":[1,-2.5e3,true,null,"x\"\\\u00e9"]},"cc":"0123456789012345678901234567890123456789",)"
      R"("dd":[[],{},[{}],"éé€"],"e":{"f":{"g":"h"}},"last":false})";
  for (const Selection& selection : {select({"a.b[*]"}), select({"**.g"}), select_sealed()}) {
    const auto under_test = editor(selection);
    ASSERT_TRUE(fields::locate(*under_test, page_.hold(document)).status);
    for (std::size_t size = 0; size < document.size(); ++size) {
      const std::string_view prefix = page_.hold(document.substr(0, size));
      ASSERT_EQ(fields::locate(*under_test, prefix).status.error, LocateError::kMalformed) << size;
    }
  }
}

TEST_P(JsonBlocks, RefusesABadByteInAStringWhereverItStands) {
  const auto fields = editor(select({"z"}));
  for (std::size_t at = 0; at < 140; ++at) {
    for (const char bad : {'\x00', '\x01', '\n', '\x1F', '\x80', '\xC3', '\xE2', '\xF0', '\xFF'}) {
      std::string document = R"({"k":")" + std::string(140, 'x') + R"(","z":1})";
      document[6 + at] = bad;
      ASSERT_EQ(fields::locate(*fields, page_.hold(document)).status.error,
                LocateError::kMalformed);
    }
  }
}

LETHE_FOR_EACH_ENGINE(JsonBlocks);

}  // namespace
}  // namespace lethe::fields
