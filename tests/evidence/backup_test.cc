// SPDX-License-Identifier: Apache-2.0
#include "evidence/backup.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/crypto.h"
#include "base/file.h"
#include "base/hash_stream.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/samples.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using testing::PrivateFolder;

BackupManifest manifest() {
  BackupManifest made;
  made.software = "1.2.3";
  made.made_at = samples::at("2026-01-31T02:00:00Z");
  made.ledger_id = "00112233445566778899aabbccddeeff";
  made.network = "试点";
  made.size = LedgerSize(12);
  made.root = sha256("root");
  made.files["ledger.db"] = {5, sha256("bytes")};
  made.files["keys/office.key"] = {0, sha256("")};
  return made;
}

TEST(Backup, AManifestIsReadAsItWasWritten) {
  BackupManifest read = parse_manifest(manifest_text(manifest())).value();
  EXPECT_EQ(read.files, manifest().files);
  EXPECT_EQ(read.size, LedgerSize(12));
  EXPECT_EQ(read.root, manifest().root);
  EXPECT_EQ(read.made_at, manifest().made_at);
  EXPECT_EQ(read.ledger_id, manifest().ledger_id);
  EXPECT_EQ(read.network, "试点");
  EXPECT_EQ(read.software, "1.2.3");
}

TEST(Backup, EveryShortenedManifestIsRefused) {
  std::string text = manifest_text(manifest());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_EQ(parse_manifest(text.substr(0, size)).error().code(), Code::kCorrupt) << size;
  }
}

TEST(Backup, AManifestNamesNoFileOutsideItsFolder) {
  for (const char* path : {"../ledger.db", "/etc/passwd", "a/../b", "", "a//b", "./a", "a/"}) {
    BackupManifest made = manifest();
    made.files[path] = {1, sha256("x")};
    EXPECT_EQ(parse_manifest(manifest_text(made)).error().code(), Code::kCorrupt) << path;
  }
}

TEST(Backup, ALaterVersionIsTold) {
  std::string text = manifest_text(manifest());
  text.replace(text.find("\"version\":1"), 11, "\"version\":2");
  EXPECT_EQ(parse_manifest(text).error().code(), Code::kUnsupported);
}

TEST(Backup, FilesAreCopiedWithTheirModeAndHash) {
  PrivateFolder folder;
  std::string bytes(3'000'000, 'x');
  ASSERT_TRUE(create_file_durably(folder.path() + "/a", bytes, FileMode::kOwnerOnly).ok());
  BackedUpFile copied = copy_file(folder.path() + "/a", folder.path() + "/b").value();
  EXPECT_EQ(copied.bytes, bytes.size());
  EXPECT_EQ(copied.sha256, sha256(bytes));
  EXPECT_EQ(hash_file(folder.path() + "/b").value(), copied);
  auto mode = std::filesystem::status(folder.path() + "/b").permissions();
  EXPECT_EQ(static_cast<unsigned>(mode), 0600u);
  EXPECT_FALSE(copy_file(folder.path() + "/a", folder.path() + "/b").ok()) << "never over a file";
}

TEST(Backup, AFolderIsHeldToItsManifest) {
  PrivateFolder folder;
  BackupManifest made = manifest();
  made.files.clear();
  for (const char* name : {"one", "two"}) {
    ASSERT_TRUE(create_file_durably(folder.path() + "/" + name, name, FileMode::kReadable).ok());
    made.files[name] = hash_file(folder.path() + "/" + name).value();
  }
  EXPECT_TRUE(check_files(folder.path(), made).ok());
  EXPECT_THAT(read_manifest(folder.path()).error().text(), HasSubstr("no whole backup"));
  ASSERT_TRUE(replace_file_durably(folder.path() + "/two", "twi", FileMode::kReadable).ok());
  EXPECT_THAT(check_files(folder.path(), made).error().text(), HasSubstr("/two is not what was"));
  std::filesystem::remove(folder.path() + "/two");
  EXPECT_THAT(check_files(folder.path(), made).error().text(), HasSubstr("/two is missing"));
  made.files.erase("two");
  made.files.erase("one");
  EXPECT_THAT(check_files(folder.path(), made).error().text(), HasSubstr("/one is no part"));
}

TEST(Backup, LeavesOutWhatIsCopiedOtherwiseOrMadeAgain) {
  for (const char* path :
       {"ledger.db", "ledger.db-wal", "portal.db-shm", "results.db", "ledger.db.lock",
        "control.sock", "addresses.json", "checkpoint.12.new"}) {
    EXPECT_TRUE(left_out_of_backup(path)) << path;
  }
  for (const char* path : {"checkpoint", "keys/office.key", "documents/ab/ledger.db"}) {
    EXPECT_FALSE(left_out_of_backup(path)) << path;
  }
}

TEST(Backup, AStreamHashesWhateverItsPieces) {
  std::string text = "the quick brown fox";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    HashStream stream;
    stream.add(text.substr(0, cut));
    stream.add(text.substr(cut));
    EXPECT_EQ(stream.finish(), sha256(text));
  }
}

}  // namespace
}  // namespace plumbline
