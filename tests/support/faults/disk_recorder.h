// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_FAULTS_DISK_RECORDER_H_
#define PLUMBLINE_TESTS_SUPPORT_FAULTS_DISK_RECORDER_H_

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "tests/support/faults/disk_trace.h"

namespace plumbline::testing {

// A call that goes wrong.
struct DiskFault {
  enum class Call { kWrite, kSync, kTruncate, kRename, kCreate };
  enum class How {
    kIoError,
    kNoSpace,  // a write leaves half of its bytes on the disk
    kShort,    // a write takes half of its bytes and says so: no error
  };
  static constexpr int kForEver = std::numeric_limits<int>::max();

  Call call = Call::kWrite;
  How how = How::kIoError;
  int good = 0;  // that many calls go well before
  int times = 1;
  std::string only;  // file_class() or the name of a folder sync; empty: all
};

// Every call with every way to fail that it has, once and for ever.
std::vector<DiskFault> all_faults();
// For the name of a test: "WriteNoSpaceForEver".
std::string fault_name(const DiskFault& fault);

// Records what this process does to the files of one folder, and can let calls fail. It stands
// between the program and the C library: open, write, pwrite, ftruncate, fsync, fdatasync, rename,
// unlink and close of the test program are its own (disk_calls.cc), for SQLite as for base/file.cc.
// Files in subfolders, and shared memory ("-shm", which SQLite makes anew), are passed over.
// One recorder at a time; safe from any thread.
class DiskRecorder {
 public:
  // `folder` exists. `before`: what is known of the files that it holds.
  explicit DiskRecorder(const std::string& folder, const DiskReplay& before = DiskReplay());
  ~DiskRecorder();
  DiskRecorder(const DiskRecorder&) = delete;
  DiskRecorder& operator=(const DiskRecorder&) = delete;

  void mark(std::uint64_t number) EXCLUDES(mutex_);
  std::vector<DiskStep> trace() const EXCLUDES(mutex_);

  void fail(const DiskFault& fault) EXCLUDES(mutex_);
  void heal() EXCLUDES(mutex_);
  bool failed() const EXCLUDES(mutex_);  // since the last fail()

  // What the calls ask. A descriptor stands for a file's number, or for the folder.
  struct Verdict {
    int error = 0;         // of the C library; 0: go on
    std::size_t take = 0;  // of a write: how many bytes of it are done, whatever the error
  };
  static DiskRecorder* active();
  std::optional<std::string> name_of(const std::string& path) const;
  bool is_folder(const std::string& path) const { return path == folder_; }
  int opened(const std::string& name, bool created) EXCLUDES(mutex_);
  Verdict before_write(int file, std::size_t size) EXCLUDES(mutex_);
  void wrote(int file, std::uint64_t offset, std::string_view bytes) EXCLUDES(mutex_);
  // One of the calls that change no bytes; 0 or the error with which it has to fail.
  int before(DiskFault::Call call, const std::string& name) EXCLUDES(mutex_);
  void add(DiskStep step) EXCLUDES(mutex_);
  std::string current_name(int file) const EXCLUDES(mutex_);

 private:
  bool fails(DiskFault::Call call, const std::string& name) REQUIRES(mutex_);
  std::string name_locked(int file) const REQUIRES(mutex_);

  std::string folder_;
  mutable Mutex mutex_;
  std::vector<DiskStep> trace_ GUARDED_BY(mutex_);
  std::map<std::string, int> names_ GUARDED_BY(mutex_);
  std::map<int, std::string> last_names_ GUARDED_BY(mutex_);  // also of files that are gone
  int next_file_ GUARDED_BY(mutex_) = 0;
  std::string changed_name_ GUARDED_BY(mutex_);  // "create x": the latest change of a name
  std::optional<DiskFault> fault_ GUARDED_BY(mutex_);
  bool failed_ GUARDED_BY(mutex_) = false;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_FAULTS_DISK_RECORDER_H_
