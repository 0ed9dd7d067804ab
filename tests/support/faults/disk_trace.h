// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_FAULTS_DISK_TRACE_H_
#define PLUMBLINE_TESTS_SUPPORT_FAULTS_DISK_TRACE_H_

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What happened to one folder of a disk, call by call, and what the disk may hold when the power
// goes between two calls.
namespace plumbline::testing {

// One call. A file has a number of its own, since its name may lead to another file later.
struct DiskStep {
  enum class Kind {
    kCreate,      // `file` came to be as `name`
    kRename,      // `name` is called `other` now, and is `file`
    kUnlink,      // `name` is gone
    kWrite,       // `bytes` at `number` of `file`
    kTruncate,    // `file` has `number` bytes
    kSync,        // of `file`, called `name`
    kSyncFolder,  // `name` is kOurFolderSync or kSqliteFolderSync, and what it follows:
                  // "folder after rename checkpoint", "folder again"
    kSyncFailed,  // of `file`: what was written since its last sync may never reach the disk
    kMark,        // no call: the scenario's own `number`, such as an acknowledgement
  };
  Kind kind = Kind::kMark;
  int file = -1;
  std::uint64_t number = 0;
  std::string name;
  std::string other;
  std::string bytes;
};

inline constexpr const char* kOurFolderSync = "folder";
inline constexpr const char* kSqliteFolderSync = "folder (SQLite)";

// The name without what tells one temporary file from another: "checkpoint.4711.new" is
// "checkpoint".
std::string file_class(std::string_view name);

// Name -> bytes.
using DiskImage = std::map<std::string, std::string>;

// Follows a trace. What a sync covers is on the disk for good; of everything else any part may be,
// each sector of 512 bytes and each change of a name by itself.
class DiskReplay {
 public:
  static constexpr std::size_t kSector = 512;

  // From now on syncs of these classes (file_class(), or the names of folder syncs) count as not
  // having happened.
  void leave_out(std::set<std::string> syncs) { without_ = std::move(syncs); }

  void take(const DiskStep& step);

  // One of the states in which a power cut may leave the disk now.
  DiskImage power_cut(std::mt19937_64& random) const;
  // What a killed process leaves: the system still has every write.
  DiskImage cached() const;
  // The names now and the files behind them.
  const std::map<std::string, int>& names() const { return names_; }

 private:
  struct Change {
    std::uint64_t offset = 0;  // of a write; the new size of a truncation
    std::string bytes;
    bool truncation = false;
    bool synced = false;
    bool lost = false;  // a sync of it failed: later ones no longer cover it
  };
  struct File {
    std::string durable;
    std::vector<Change> changes;  // since then, in order
  };
  // A name leads to `file`, or is free where it is negative; `from` is free then, if it still
  // led to the same file.
  struct NameChange {
    std::string name;
    int file = -1;
    std::string from;
  };
  struct Fate;

  static void sync(File& file);
  static void apply(std::string& bytes, const Change& change);
  static std::string survive(const File& file, const Fate& fate, std::mt19937_64& random);
  static void rename(std::map<std::string, int>& names, const NameChange& change);

  std::set<std::string> without_;
  std::map<int, File> files_;
  std::map<std::string, int> names_;
  std::map<std::string, int> durable_names_;
  std::vector<NameChange> name_changes_;
};

// Makes `folder` hold exactly `image`.
void write_image(const std::string& folder, const DiskImage& image);

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_FAULTS_DISK_TRACE_H_
