// SPDX-License-Identifier: Apache-2.0
//
// The file of a local root key: who may see it, how it is made, what is refused.
#include "kms/root/local_file_root.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/temp_dir.h"

namespace lethe::kms::root {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LocalFileRootTest : public ::testing::Test {
 protected:
  std::string file() const { return folder_.path("keys/root.key"); }
  std::string uri() const { return "file-kms://" + file(); }
  Result<std::unique_ptr<LocalFileRoot>> open() { return LocalFileRoot::make(uri(), {}); }
  std::unique_ptr<LocalFileRoot> create() {
    return std::move(LocalFileRoot::make(uri(), {.create = true})).value();
  }
  std::string refusal() {
    const auto refused = open();
    EXPECT_FALSE(refused);
    if (refused) return "";
    EXPECT_EQ(refused.error().kind(), ErrorKind::kBadConfig);
    return refused.error().message();
  }
  std::string content() const {
    std::ifstream stream(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void write(const std::string& bytes) { std::ofstream(file(), std::ios::binary) << bytes; }

  lethe::testing::TempDir folder_;
};

TEST_F(LocalFileRootTest, IsNotMadeUnlessThatIsAskedFor) {
  EXPECT_THAT(refusal(), HasSubstr("keys init"));
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(LocalFileRootTest, IsMadeForItsOwnerAloneAndLeavesNothingElse) {
  create();
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(status.st_nlink, 1u);
  ASSERT_EQ(::stat(folder_.path("keys").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700u);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path("keys")))
    names.push_back(entry.path().filename());
  EXPECT_THAT(names, ElementsAre("root.key"));
  EXPECT_EQ(content().size(), LocalFileRoot::kFileSize);
}

TEST_F(LocalFileRootTest, IsNeverOverwritten) {
  create();
  const std::string before = content();
  create();
  EXPECT_EQ(content(), before);
}

TEST_F(LocalFileRootTest, IsMadeOnceByManyStarters) {
  std::vector<std::string> wrapped(6);
  std::vector<std::thread> threads;
  for (std::string& mine : wrapped)
    threads.emplace_back([&] { mine = *create()->wrap(crypto::Key(), "aad"); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& other : wrapped) EXPECT_TRUE(create()->unwrap(other, "aad"));
}

TEST_F(LocalFileRootTest, RefusesAFileThatOthersMayReadOrWrite) {
  create();
  for (const mode_t mode : {0640u, 0620u, 0604u, 0602u, 0610u}) {
    ASSERT_EQ(::chmod(file().c_str(), mode), 0);
    EXPECT_THAT(refusal(), HasSubstr("chmod 600")) << std::oct << mode;
  }
  ASSERT_EQ(::chmod(file().c_str(), 0400), 0);
  EXPECT_TRUE(open());
}

TEST_F(LocalFileRootTest, RefusesAFolderWhereOthersCouldReplaceIt) {
  create();
  ASSERT_EQ(::chmod(folder_.path("keys").c_str(), 0777), 0);
  EXPECT_THAT(refusal(), HasSubstr("folder"));
  ASSERT_EQ(::chmod(folder_.path("keys").c_str(), 01777), 0);
  EXPECT_TRUE(open()) << "sticky, as /tmp";
}

TEST_F(LocalFileRootTest, RefusesASymbolicLink) {
  create();
  std::filesystem::rename(file(), folder_.path("elsewhere"));
  std::filesystem::create_symlink(folder_.path("elsewhere"), file());
  EXPECT_THAT(refusal(), HasSubstr("symbolic link"));
  std::filesystem::remove(file());
  std::filesystem::create_symlink(folder_.path("dangling"), file());
  EXPECT_FALSE(LocalFileRoot::make(uri(), {.create = true}));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("dangling"))) << "nothing is made through it";
}

TEST_F(LocalFileRootTest, RefusesWhatIsNoFile) {
  std::filesystem::create_directories(file());
  EXPECT_FALSE(open());
  std::filesystem::remove(file());
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("regular file")) << "and does not wait for a writer";
}

TEST_F(LocalFileRootTest, RefusesADamagedFile) {
  create();
  const std::string good = content();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    write(bad);
    EXPECT_THAT(refusal(), HasSubstr("damaged")) << i;
  }
  write(good.substr(1));
  EXPECT_THAT(refusal(), HasSubstr("size"));
  write(good + "x");
  EXPECT_THAT(refusal(), HasSubstr("size"));
  write(good);
  EXPECT_TRUE(open());
}

TEST_F(LocalFileRootTest, FindsARelativePlaceInTheDataFolder) {
  const auto made =
      LocalFileRoot::make("file-kms://inner/root.key", {folder_.path("data"), /*create=*/true});
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ((*made)->id(), "file-kms://inner/root.key");
  EXPECT_TRUE(std::filesystem::exists(folder_.path("data/inner/root.key")));
}

TEST_F(LocalFileRootTest, RefusesAnotherScheme) {
  for (const char* other : {"", "file-kms://", "file:///x", "vault-kms://host/key", "/plain/path"})
    EXPECT_EQ(LocalFileRoot::make(other, {.create = true}).error().kind(), ErrorKind::kBadConfig)
        << other;
}

}  // namespace
}  // namespace lethe::kms::root
