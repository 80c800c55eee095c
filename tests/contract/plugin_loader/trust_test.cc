// SPDX-License-Identifier: Apache-2.0
//
// A plugin that somebody else may write is refused: the file, its folder, and what a link leads to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/contract/plugin_loader/fixtures/fixtures.h"
#include "tests/contract/plugin_loader/temp_folder.h"
#include "worker/loader/loader.h"

namespace lethe::worker::loader {
namespace {

namespace fs = std::filesystem;
using fixtures::TempFolder;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr uid_t kNobody = 65534;

void expect_refused(const std::string& file, const std::string& culprit, const char* command) {
  const auto loaded = load_library(file);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(loaded.error().message(), StartsWith(culprit + ": "));
  EXPECT_THAT(loaded.error().message(), EndsWith(command + culprit));
}

TEST(PluginTrust, LoadsAFileThatOnlyItsOwnerMayWrite) {
  const TempFolder folder;
  EXPECT_TRUE(load_library(folder.take(fixtures::library("sound"))).has_value());
}

TEST(PluginTrust, RefusesAFileThatItsGroupMayWrite) {
  const TempFolder folder;
  const std::string file = folder.take(fixtures::library("sound"));
  ASSERT_EQ(::chmod(file.c_str(), 0770), 0);
  expect_refused(file, file, "chmod go-w ");
}

TEST(PluginTrust, RefusesAFileThatOthersMayWrite) {
  const TempFolder folder;
  const std::string file = folder.take(fixtures::library("sound"));
  ASSERT_EQ(::chmod(file.c_str(), 0707), 0);
  expect_refused(file, file, "chmod go-w ");
}

TEST(PluginTrust, RefusesAFileInAFolderThatOthersMayWriteEvenIfSticky) {
  const TempFolder folder;
  const std::string file = folder.take(fixtures::library("sound"));
  ASSERT_EQ(::chmod(folder.path().c_str(), 01777), 0);
  expect_refused(file, folder.path(), "chmod go-w ");
}

TEST(PluginTrust, RefusesALinkInAGoodFolderToAFileThatOthersMayWrite) {
  const TempFolder good, bad;
  const std::string file = bad.take(fixtures::library("sound"));
  ASSERT_EQ(::chmod(file.c_str(), 0722), 0);
  fs::create_symlink(file, good.path() + "/lethe-sound.so");
  expect_refused(good.path() + "/lethe-sound.so", file, "chmod go-w ");
}

TEST(PluginTrust, RefusesALinkInAGoodFolderIntoAFolderThatOthersMayWrite) {
  const TempFolder good, bad;
  fs::create_symlink(bad.take(fixtures::library("sound")), good.path() + "/lethe-sound.so");
  ASSERT_EQ(::chmod(bad.path().c_str(), 0777), 0);
  expect_refused(good.path() + "/lethe-sound.so", bad.path(), "chmod go-w ");
}

TEST(PluginTrust, RefusesAFileOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const TempFolder folder;
  const std::string file = folder.take(fixtures::library("sound"));
  ASSERT_EQ(::chown(file.c_str(), kNobody, kNobody), 0);
  expect_refused(file, file, "chown 0 ");
}

TEST(PluginTrust, RefusesAFolderOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const TempFolder folder;
  const std::string file = folder.take(fixtures::library("sound"));
  ASSERT_EQ(::chown(folder.path().c_str(), kNobody, kNobody), 0);
  expect_refused(file, folder.path(), "chown 0 ");
}

TEST(PluginTrust, LooksIntoNoFolderThatOthersMayWrite) {
  const TempFolder folder;
  folder.take(fixtures::library("sound"));
  ASSERT_EQ(::chmod(folder.path().c_str(), 0777), 0);
  const PluginCatalog catalog = load_plugins({folder.path()});
  EXPECT_THAT(catalog.all(), IsEmpty());
  EXPECT_THAT(catalog.complaints(), ElementsAre(EndsWith("chmod go-w " + folder.path())));
}

TEST(PluginFolders, OneBadLibraryDoesNotStopTheGoodOnes) {
  const TempFolder folder;
  folder.take(fixtures::library("guest"));
  folder.take(fixtures::library("throws-at-load"));
  folder.take(fixtures::library("no-symbol"));
  folder.take(fixtures::library("plain"));
  const PluginCatalog catalog = load_plugins({folder.path()});
  EXPECT_NE(catalog.find(LETHE_TRANSFORM, "guest"), nullptr);
  EXPECT_NE(catalog.find(LETHE_TRANSFORM, "plain"), nullptr);
  EXPECT_THAT(catalog.complaints(),
              ElementsAre(HasSubstr("lethe-no-symbol.so"), HasSubstr("lethe-throws-at-load.so")));
}

TEST(PluginFolders, ALibraryWithANameThatIsTakenIsRefusedNamingBothFiles) {
  const TempFolder first, second;
  const std::string kept = first.take(fixtures::library("guest"));
  const std::string refused = second.take(fixtures::library("guest"));
  const PluginCatalog catalog = load_plugins({first.path(), second.path()});
  ASSERT_THAT(catalog.all(), SizeIs(1));
  EXPECT_EQ(catalog.all()[0].file, kept);
  ASSERT_THAT(catalog.complaints(), SizeIs(1));
  EXPECT_THAT(catalog.complaints()[0], StartsWith(refused + ": offers the plugin \"guest\""));
  EXPECT_THAT(catalog.complaints()[0], HasSubstr("and so does " + kept));
  EXPECT_THAT(catalog.complaints()[0], HasSubstr("take one of the two out"));
}

TEST(PluginFolders, AFolderNamedTwiceAndALinkToALoadedLibraryAreNoDuplicates) {
  const TempFolder folder;
  fs::create_symlink(folder.take(fixtures::library("guest")), folder.path() + "/lethe-link.so");
  const PluginCatalog catalog = load_plugins({folder.path(), folder.path()});
  EXPECT_THAT(catalog.all(), SizeIs(1));
  EXPECT_THAT(catalog.complaints(), IsEmpty());
}

TEST(PluginFolders, OnlyFilesWithAPluginsNameAreTouched) {
  const TempFolder folder;
  fs::rename(folder.take(fixtures::library("guest")), folder.path() + "/guest.so");
  fs::copy_file(fixtures::library("no-symbol"), folder.path() + "/lethe-notes.txt");
  const PluginCatalog catalog = load_plugins({folder.path()});
  EXPECT_THAT(catalog.all(), IsEmpty());
  EXPECT_THAT(catalog.complaints(), IsEmpty());
}

TEST(PluginFolders, AFolderThatIsMissingIsAComplaint) {
  const PluginCatalog catalog = load_plugins({"/nowhere/at/all"});
  EXPECT_THAT(catalog.complaints(), ElementsAre(StartsWith("/nowhere/at/all: no such folder")));
}

TEST(PluginFolders, WhoeverMissesAPluginIsToldWhatThereIsAndWhatWasRefused) {
  const TempFolder folder;
  folder.take(fixtures::library("guest"));
  folder.take(fixtures::library("no-symbol"));
  const Error missing = load_plugins({folder.path()}).missing(LETHE_TRANSFORM, "redact");
  EXPECT_EQ(missing.kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(missing.message(), StartsWith("there is no transform \"redact\"; there are guest"));
  EXPECT_THAT(missing.message(), HasSubstr("lethe-no-symbol.so: is no Lethe plugin"));
}

TEST(PluginFolders, TheFolderBesideTheExecutableComesFirst) {
  const std::vector<std::string> folders = plugin_folders({"/opt/a", "/opt/b"});
  const std::string ours = LETHE_BINARY_DIR "/lib/lethe/plugins";
  if (fs::is_directory(ours))
    EXPECT_THAT(folders, ElementsAre(ours, "/opt/a", "/opt/b"));
  else
    EXPECT_THAT(folders, ElementsAre("/opt/a", "/opt/b"));
}

}  // namespace
}  // namespace lethe::worker::loader
