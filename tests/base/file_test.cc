// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "fileXXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string at(const std::string& path) const { return folder_ + "/" + path; }
  unsigned mode(const std::string& path) const {
    struct stat info {};
    EXPECT_EQ(::stat(at(path).c_str(), &info), 0);
    return info.st_mode & 0777;
  }
  std::string folder_;
};

TEST_F(Files, AreCreatedOnceWithTheirMode) {
  std::string bytes("a\0b\n", 4);
  ASSERT_TRUE(create_file_durably(at("a"), bytes, FileMode::kOwnerOnly).ok());
  EXPECT_EQ(read_file(at("a"), 4).value(), bytes);
  EXPECT_EQ(mode("a"), 0600u);
  auto again = create_file_durably(at("a"), "other", FileMode::kOwnerOnly);
  EXPECT_EQ(again.error().code(), Code::kExists);
  EXPECT_EQ(read_file(at("a"), 4).value(), bytes);
  EXPECT_EQ(create_file_durably(at("no/a"), "x", FileMode::kReadable).error().code(), Code::kIo);
}

TEST_F(Files, AreReplacedWhole) {
  ASSERT_TRUE(replace_file_durably(at("a"), "first", FileMode::kReadable).ok());
  ASSERT_TRUE(replace_file_durably(at("a"), "second", FileMode::kReadable).ok());
  EXPECT_EQ(read_file(at("a"), 100).value(), "second");
  EXPECT_EQ(mode("a"), 0644u);
  EXPECT_THAT(list_files(folder_).value(), ElementsAre("a"));
  ASSERT_TRUE(make_folders(at("folder/inside")).ok());
  EXPECT_FALSE(replace_file_durably(at("folder"), "x", FileMode::kReadable).ok());
  EXPECT_THAT(list_files(folder_).value(), ElementsAre("a"));
}

TEST_F(Files, ReadingHasALimitAndNamesWhatIsMissing) {
  ASSERT_TRUE(create_file_durably(at("a"), std::string(200'000, 'x'), FileMode::kReadable).ok());
  EXPECT_EQ(read_file(at("a"), 200'000).value().size(), 200'000u);
  EXPECT_EQ(read_file(at("a"), 199'999).error().code(), Code::kExhausted);
  auto none = read_file(at("none"), 10);
  EXPECT_EQ(none.error().code(), Code::kNotFound);
  EXPECT_THAT(none.error().sentence(), HasSubstr(at("none")));
  EXPECT_EQ(read_file(folder_, 10).error().code(), Code::kIo);
}

TEST_F(Files, FoldersAreMadeForTheirOwner) {
  ASSERT_TRUE(make_folders(at("x/y")).ok());
  ASSERT_TRUE(make_folders(at("x/y")).ok());
  EXPECT_EQ(mode("x/y"), 0700u);
  EXPECT_TRUE(fsync_folder(at("x")).ok());
  EXPECT_FALSE(fsync_folder(at("none")).ok());
  ASSERT_TRUE(create_file_durably(at("file"), "", FileMode::kReadable).ok());
  EXPECT_FALSE(make_folders(at("file/inside")).ok());
}

TEST_F(Files, AreListedByTheirBytes) {
  ASSERT_TRUE(make_folders(at("b/c")).ok());
  for (const char* path : {"b.txt", "b/c/d", "B", "a", "b/a"}) {
    ASSERT_TRUE(create_file_durably(at(path), "", FileMode::kReadable).ok());
  }
  ASSERT_EQ(::symlink("nowhere", at("broken").c_str()), 0);
  EXPECT_THAT(list_files(folder_).value(), ElementsAre("B", "a", "b.txt", "b/a", "b/c/d"));
  EXPECT_THAT(list_files(folder_ + "/").value(), ElementsAre("B", "a", "b.txt", "b/a", "b/c/d"));
  EXPECT_FALSE(list_files(at("none")).ok());
}

TEST(ErrnoError, KnowsAFullDisk) {
  errno = ENOSPC;
  EXPECT_EQ(errno_error("writing x").code(), Code::kExhausted);
  errno = EDQUOT;
  EXPECT_EQ(errno_error("writing x").code(), Code::kExhausted);
  errno = EACCES;
  Error error = errno_error("writing x");
  EXPECT_EQ(error.code(), Code::kIo);
  EXPECT_EQ(error.sentence(), "writing x: Permission denied");
}

}  // namespace
}  // namespace plumbline
