// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_STORE_FAULTY_STORE_H_
#define PLUMBLINE_TESTS_SUPPORT_STORE_FAULTY_STORE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/mutex.h"

namespace plumbline::testing {

// A disk that fails when told to. While the object lives, every SQLite database of this process is
// opened through it: a layer over SQLite's own layer for files. One object at a time; databases
// opened through it are closed before it goes. Safe from any thread.
class FaultyStore {
 public:
  enum class Fault {
    kDiskFull,    // a write stores half of its bytes, then there is no room
    kWriteError,  // a write fails
    kSyncError,   // an fsync fails
  };

  FaultyStore();
  ~FaultyStore();
  FaultyStore(const FaultyStore&) = delete;
  FaultyStore& operator=(const FaultyStore&) = delete;

  // After `good` more writes (or syncs, for kSyncError) every one fails, until heal(). Only files
  // whose path ends with `suffix` are meant.
  void fail_after(Fault fault, int good, const std::string& suffix = "");
  void heal();
  // True when a fault was met since the last fail_after().
  bool failed() const;

  // What a power cut would leave: each file that was synced, with the bytes of its last sync.
  // Everything written after it is taken as lost.
  std::map<std::string, Bytes> durable() const;

  // Called by the file layer.
  bool write_fails(std::string_view path, Fault* fault);
  bool sync_fails(std::string_view path);
  void synced(const std::string& path);
  void removed(const std::string& path);

 private:
  struct Layer;
  bool fails(std::string_view path, bool syncing) REQUIRES(mutex_);

  std::unique_ptr<Layer> layer_;
  mutable Mutex mutex_;
  bool armed_ GUARDED_BY(mutex_) = false;
  bool failed_ GUARDED_BY(mutex_) = false;
  Fault fault_ GUARDED_BY(mutex_) = Fault::kDiskFull;
  int good_ GUARDED_BY(mutex_) = 0;
  std::string suffix_ GUARDED_BY(mutex_);
  std::map<std::string, Bytes> durable_ GUARDED_BY(mutex_);
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_STORE_FAULTY_STORE_H_
