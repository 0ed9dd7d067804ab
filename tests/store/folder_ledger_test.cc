// SPDX-License-Identifier: Apache-2.0
// What is particular to the ledger in a folder: its bytes, how it is made, its damage.
#include "store/folder/folder_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/file.h"
#include "model/wire/batch.h"
#include "store/folder/folder_format.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/store/ledger_maker.h"

namespace plumbline {
namespace {

using namespace testing;  // NOLINT: the project's own test support
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr std::size_t kEntries = 6;
constexpr std::string_view kCheckpoint = "plumbline/test\n6\nroot\n\n";

class FolderLedger : public ::testing::Test {
 protected:
  void SetUp() override {
    auto writer = open_sqlite_writer(folder_.path("ledger.db"), clock_, nullptr).value();
    Admitting admitting(*writer);
    admitting.genesis();
    Source source(1, "outlet-1");
    admitting.enroll(source);
    for (std::size_t i = 2; i < kEntries; ++i) {
      ASSERT_EQ(admitting.at_once(source.next())->outcome, Admitted::Outcome::kCommitted);
    }
    sqlite_ = open_sqlite_reader(folder_.path("ledger.db")).value();
    ASSERT_TRUE(export_folder(*sqlite_, LedgerSize(kEntries), kCheckpoint, path_).ok());
  }

  Bytes file(const std::string& name) { return read_file(path_ + "/" + name, 1 << 20).value(); }
  void put(const std::string& name, BytesView bytes) {
    std::ofstream(path_ + "/" + name, std::ios::binary | std::ios::trunc) << bytes;
  }
  Error open_error() { return open_folder_reader(path_).error(); }

  TempFolder folder_;
  std::string path_ = folder_.path("export");
  ManualClock clock_{kStart};
  std::unique_ptr<LedgerReader> sqlite_;
};

TEST_F(FolderLedger, HasTheFilesAndBytesOfItsFormat) {
  EXPECT_THAT(list_files(path_).value(),
              ElementsAre("checkpoint", "format", "leaves", "places", "segment-000000"));
  EXPECT_EQ(file("format"), "plumbline ledger folder, version 1\n");
  EXPECT_EQ(file("checkpoint"), kCheckpoint);
  Bytes segment, places, leaves;
  auto all = read_all(*sqlite_).value();
  for (const StoredEntry& stored : all) {
    Bytes fields;
    append_u32(fields, 0);
    append_u64(fields, segment.size());
    Bytes sizes;
    append_u32(sizes, static_cast<std::uint32_t>(stored.entry.size()));
    append_u32(sizes, stored.content ? static_cast<std::uint32_t>(stored.content->size() + 1) : 0);
    fields += sizes;
    Bytes index;
    append_u64(index, stored.index.value);
    std::string_view prefix("plumbline/folder-place/v1\0", 26);
    places += fields + Bytes(sha256({prefix, index, fields}).view().substr(0, 4));
    segment += sizes + stored.entry + stored.content.value_or("");
    leaves += leaf_hash(stored.entry).view();
  }
  EXPECT_EQ(file("segment-000000"), segment);
  EXPECT_EQ(file("places"), places);
  EXPECT_EQ(file("leaves"), leaves);
}

// A ledger of given bytes.
class GivenLedger : public LedgerReader {
 public:
  explicit GivenLedger(std::vector<StoredEntry> entries) : entries_(std::move(entries)) {}
  Result<LedgerSize> size() override { return LedgerSize(entries_.size()); }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override {
    for (; from.value < entries_.size(); from = from.next()) {
      RETURN_IF_ERROR(take(entries_[from.value]));
    }
    return from;
  }
  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    std::vector<Hash> hashes;
    for (std::size_t i = 0; i < count; ++i) {
      hashes.push_back(leaf_hash(entries_.at(from.value + i).entry));
    }
    return hashes;
  }
  Result<StoredEntry> at(LedgerIndex index) override { return entries_.at(index.value); }

 private:
  std::vector<StoredEntry> entries_;
};

// The page's example: lines of hexadecimal after the name of a file.
TEST_F(FolderLedger, TheWorkedExampleOfThePageHolds) {
  Bytes page = read_file(PLUMBLINE_SOURCE_DIR "/docs/formats/folder.md", 1 << 20).value();
  std::istringstream lines(page.substr(page.find("## Worked example")));
  std::map<std::string, std::string> files;
  std::string line, name;
  while (std::getline(lines, line)) {
    std::string digits = line.size() > 16 ? line.substr(16) : "";
    std::erase(digits, ' ');
    Result<Bytes> bytes = from_hex(digits);
    if (digits.empty() || !bytes.ok()) continue;
    std::string word = line.substr(0, line.find(' '));
    if (!word.empty()) name = word;
    files[name] += *bytes;
  }
  GivenLedger ledger({{LedgerIndex(0), Bytes("\1\2\3"), std::nullopt},
                      {LedgerIndex(1), Bytes("\4\5"), Bytes("\xaa")}});
  path_ = folder_.path("example");
  ASSERT_TRUE(export_folder(ledger, LedgerSize(2), kCheckpoint, path_).ok());
  EXPECT_EQ(files.size(), 3u);
  for (const auto& [file_name, bytes] : files) EXPECT_EQ(file(file_name), bytes) << file_name;
}

TEST_F(FolderLedger, GivesTheCheckpointAsItWasGiven) {
  EXPECT_EQ(open_folder_reader(path_).value()->checkpoint(), kCheckpoint);
}

TEST_F(FolderLedger, MayBeAPrefix) {
  std::string shorter = folder_.path("shorter");
  ASSERT_TRUE(export_folder(*sqlite_, LedgerSize(3), "", shorter).ok());
  auto reader = open_folder_reader(shorter).value();
  EXPECT_EQ(reader->size().value(), LedgerSize(3));
  EXPECT_EQ(read_all(*reader)->size(), 3u);
  std::string empty = folder_.path("empty");
  ASSERT_TRUE(export_folder(*sqlite_, LedgerSize(0), "", empty + "/").ok());
  EXPECT_EQ(open_folder_reader(empty).value()->size().value(), LedgerSize(0));
}

TEST_F(FolderLedger, ExportingTheExportGivesTheSameBytes) {
  auto reader = open_folder_reader(path_).value();
  std::string again = folder_.path("again");
  ASSERT_TRUE(export_folder(*reader, LedgerSize(kEntries), kCheckpoint, again).ok());
  auto names = list_files(path_).value();
  for (const std::string& name : names) {
    EXPECT_EQ(read_file(again + "/" + name, 1 << 20).value(), file(name)) << name;
  }
}

TEST_F(FolderLedger, IsNeverWrittenOverAndNeverLeftHalf) {
  EXPECT_EQ(export_folder(*sqlite_, LedgerSize(2), "", path_).error().code(), Code::kExists);
  std::string longer = folder_.path("longer");
  EXPECT_EQ(export_folder(*sqlite_, LedgerSize(kEntries + 1), "", longer).error().code(),
            Code::kInvalid);
  put("segment-000000", file("segment-000000").substr(0, 900));
  auto damaged = open_folder_reader(path_).value();
  EXPECT_EQ(export_folder(*damaged, LedgerSize(kEntries), "", longer).error().code(),
            Code::kCorrupt);
  EXPECT_EQ(export_folder(*sqlite_, LedgerSize(1), "", folder_.path("no/export")).error().code(),
            Code::kIo);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    names.insert(entry.path().filename());
  }
  for (const std::string& name : names) {
    EXPECT_TRUE(name == "export" || name.rfind("ledger.db", 0) == 0) << name;
  }
}

TEST_F(FolderLedger, AnEntryWithoutItsLeafHashIsNotExported) {
  Bytes leaves = file("leaves");
  leaves[3 * Hash::size] = static_cast<char>(leaves[3 * Hash::size] ^ 1);
  put("leaves", leaves);
  auto damaged = open_folder_reader(path_).value();
  Error error = export_folder(*damaged, LedgerSize(kEntries), "", folder_.path("copy")).error();
  EXPECT_EQ(error.code(), Code::kCorrupt);
  EXPECT_THAT(error.text(), HasSubstr("entry 3"));
}

TEST_F(FolderLedger, OfAnotherKindIsRefusedWithTheReason) {
  EXPECT_EQ(open_folder_reader(folder_.path("none")).error().code(), Code::kNotFound);
  EXPECT_EQ(open_folder_reader(folder_.path()).error().code(), Code::kCorrupt);
  put("format", "plumbline ledger folder, version 2\n");
  EXPECT_EQ(open_error().code(), Code::kUnsupported);
  EXPECT_THAT(open_error().text(), HasSubstr("version 2"));
  EXPECT_THAT(open_error().text(), HasSubstr("knows version 1"));
  put("format", "Plumbline ledger folder, version 1\n");
  EXPECT_EQ(open_error().code(), Code::kCorrupt);
}

TEST_F(FolderLedger, WithFilesCutOrMissingIsRefused) {
  for (const char* name : {"places", "leaves"}) {
    Bytes whole = file(name);
    put(name, BytesView(whole).substr(0, whole.size() - 1));
    EXPECT_EQ(open_error().code(), Code::kCorrupt) << name;
    fs::remove(path_ + "/" + name);
    EXPECT_EQ(open_error().code(), Code::kCorrupt) << name;
    put(name, whole);
  }
  fs::remove(path_ + "/checkpoint");
  EXPECT_FALSE(open_folder_reader(path_).ok());
}

TEST_F(FolderLedger, WithASegmentCutOrMissingTellsEachEntryThatIsLost) {
  Bytes whole = file("segment-000000");
  Bytes place = file("places").substr(4 * folder::kPlaceBytes, folder::kPlaceBytes);
  folder::Place fourth = folder::decode_place(LedgerIndex(4), place).value();
  put("segment-000000", BytesView(whole).substr(0, fourth.offset + fourth.frame_size() - 1));
  auto reader = open_folder_reader(path_).value();
  for (std::size_t i = 0; i < kEntries; ++i) {
    Result<StoredEntry> read = reader->at(LedgerIndex(i));
    ASSERT_EQ(read.ok(), i < 4) << i;
    if (i < 4) continue;
    EXPECT_EQ(read.error().code(), Code::kCorrupt);
    EXPECT_THAT(read.error().text(), HasSubstr("entry " + std::to_string(i)));
  }
  fs::remove(path_ + "/segment-000000");
  reader = open_folder_reader(path_).value();
  EXPECT_THAT(reader->at(LedgerIndex(0)).error().text(), HasSubstr("segment-000000 is missing"));
}

// The entries that are told to be damaged: they cannot be read, do not have their leaf hash, or
// their content is not that of the header (or is there where none belongs).
std::set<std::uint64_t> damaged_entries(LedgerReader& reader) {
  std::set<std::uint64_t> damaged;
  std::vector<Hash> leaves = reader.leaves(LedgerIndex(0), kEntries).value();
  auto check = [&](const StoredEntry& stored) -> Status {
    bool good = leaf_hash(stored.entry) == leaves[stored.index.value];
    Result<Entry> entry = decode_entry(stored.entry);
    if (good && entry->kind == EntryKind::kBatch) {
      ByteReader head(entry->payload);
      BatchHeader header = decode_header(decode_head(head)->header).value();
      good = stored.content && sha256(*stored.content) == header.content_hash;
    } else if (good) {
      good = !stored.content;
    }
    if (!good) damaged.insert(stored.index.value);
    return {};
  };
  for (LedgerIndex next; next.value < kEntries;) {
    LedgerIndex last = next;
    Result<LedgerIndex> read = reader.read(next, [&](const StoredEntry& stored) -> Status {
      last = stored.index.next();
      return check(stored);
    });
    if (read.ok()) {
      next = *read;
      continue;
    }
    EXPECT_EQ(read.error().code(), Code::kCorrupt);
    EXPECT_THAT(read.error().text(), HasSubstr("entry " + std::to_string(last.value) + ":"));
    damaged.insert(last.value);
    next = last.next();
  }
  return damaged;
}

// The entry that a byte of a file belongs to.
std::uint64_t owner(const std::string& name, std::size_t byte, const std::vector<Bytes>& frames) {
  if (name == "leaves") return byte / Hash::size;
  if (name == "places") return byte / folder::kPlaceBytes;
  for (std::uint64_t i = 0;; ++i) {
    if (byte < frames[i].size()) return i;
    byte -= frames[i].size();
  }
}

TEST_F(FolderLedger, EverySingleFlippedBitIsToldOfItsEntryAlone) {
  std::vector<Bytes> frames;
  auto all = read_all(*sqlite_).value();
  for (const StoredEntry& stored : all) {
    frames.push_back(Bytes(folder::kFrameHeaderBytes, ' ') + stored.entry +
                     stored.content.value_or(""));
  }
  auto reader = open_folder_reader(path_).value();
  EXPECT_TRUE(damaged_entries(*reader).empty());
  for (const std::string name : {"segment-000000", "places", "leaves"}) {
    Bytes whole = file(name);
    // One byte is written in place, below a reader that reads it anew.
    std::fstream out(path_ + "/" + name, std::ios::binary | std::ios::in | std::ios::out);
    auto set = [&](std::size_t byte, int value) {
      out.seekp(static_cast<std::streamoff>(byte));
      out.put(static_cast<char>(value));
      out.flush();
    };
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      set(bit / 8, whole[bit / 8] ^ (1 << bit % 8));
      ASSERT_THAT(damaged_entries(*reader), ElementsAre(owner(name, bit / 8, frames)))
          << name << ", bit " << bit;
      set(bit / 8, whole[bit / 8]);
    }
  }
  EXPECT_TRUE(damaged_entries(*reader).empty());
}

TEST_F(FolderLedger, EveryFlippedBitOfTheFormatFileIsRefused) {
  Bytes whole = file("format");
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    put("format", flipped);
    EXPECT_FALSE(open_folder_reader(path_).ok()) << bit;
  }
}

// A place with a right hash that points anywhere: nothing is read outside of the file, and nothing
// is allocated for a size that the file does not have.
TEST_F(FolderLedger, PlacesMadeUpByAnEnemyAreRefused) {
  folder::Place place;
  for (std::uint64_t offset : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 62}) {
    place.offset = offset;
    place.entry_size = ~0u;
    place.content_size_plus_one = ~0u;
    Bytes places = file("places");
    places.replace(0, folder::kPlaceBytes, folder::encode_place(LedgerIndex(0), place));
    put("places", places);
    EXPECT_EQ(open_folder_reader(path_).value()->at(LedgerIndex(0)).error().code(), Code::kCorrupt);
  }
}

// 70 MiB, so that a second segment begins.
TEST_F(FolderLedger, LargeLedgersHaveSeveralSegments) {
  auto writer = open_sqlite_writer(folder_.path("large.db"), clock_, nullptr).value();
  Admitting admitting(*writer);
  admitting.genesis();
  Source source(1, "outlet-1");
  admitting.enroll(source);
  for (int i = 0; i < 70; ++i) {
    Admission admission = source.next(1);
    admission.content.assign(1 << 20, static_cast<char>(i));
    ASSERT_EQ(admitting.at_once(admission)->outcome, Admitted::Outcome::kCommitted);
  }
  auto sqlite = open_sqlite_reader(folder_.path("large.db")).value();
  std::string path = folder_.path("large");
  ASSERT_TRUE(export_folder(*sqlite, LedgerSize(72), "", path).ok());
  EXPECT_TRUE(fs::exists(path + "/segment-000001"));
  EXPECT_FALSE(fs::exists(path + "/segment-000002"));
  auto reader = open_folder_reader(path).value();
  for (std::uint64_t i : {71, 2, 65, 40}) {  // back and forth between the segments
    EXPECT_EQ(reader->at(LedgerIndex(i))->content, sqlite->at(LedgerIndex(i))->content) << i;
  }
}

}  // namespace
}  // namespace plumbline
