// SPDX-License-Identifier: Apache-2.0
#include "tests/support/store/faulty_store.h"

#include <sqlite3.h>

#include "base/check.h"
#include "base/file.h"

namespace plumbline::testing {
namespace {

constexpr std::size_t kLargestTestFile = 256u << 20;

// SQLite allocates the file object; the underlying layer's own object follows it in memory.
struct FaultyFile {
  sqlite3_file base;
  FaultyStore* store;
  const char* path;  // SQLite keeps it for as long as the file is open
};

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<FaultyFile*>(file) + 1);
}
FaultyStore& store_of(sqlite3_file* file) {
  return *reinterpret_cast<FaultyFile*>(file)->store;
}
std::string_view path_of(sqlite3_file* file) {
  const char* path = reinterpret_cast<FaultyFile*>(file)->path;
  return path == nullptr ? std::string_view() : path;
}

int file_close(sqlite3_file* file) {
  return real(file)->pMethods->xClose(real(file));
}
int file_read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), out, size, offset);
}
int file_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  FaultyStore::Fault fault;
  if (!store_of(file).write_fails(path_of(file), &fault)) {
    return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
  }
  if (fault == FaultyStore::Fault::kWriteError) return SQLITE_IOERR_WRITE;
  (void)real(file)->pMethods->xWrite(real(file), bytes, size / 2, offset);
  return SQLITE_FULL;
}
int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return real(file)->pMethods->xTruncate(real(file), size);
}
int file_sync(sqlite3_file* file, int flags) {
  if (store_of(file).sync_fails(path_of(file))) return SQLITE_IOERR_FSYNC;
  int result = real(file)->pMethods->xSync(real(file), flags);
  if (result == SQLITE_OK && !path_of(file).empty()) {
    store_of(file).synced(std::string(path_of(file)));
  }
  return result;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int file_lock(sqlite3_file* file, int lock) {
  return real(file)->pMethods->xLock(real(file), lock);
}
int file_unlock(sqlite3_file* file, int lock) {
  return real(file)->pMethods->xUnlock(real(file), lock);
}
int file_check_lock(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int file_sector(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int file_traits(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int file_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int file_shm_lock(sqlite3_file* file, int offset, int n, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}
void file_shm_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int file_shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: with shared memory, without memory-mapped reading.
const sqlite3_io_methods kMethods = {
    2,           file_close,   file_read,     file_write,       file_truncate,  file_sync,
    file_size,   file_lock,    file_unlock,   file_check_lock,  file_control,   file_sector,
    file_traits, file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap, nullptr,
    nullptr};

}  // namespace

struct FaultyStore::Layer {
  sqlite3_vfs vfs;
  sqlite3_vfs* below;
  FaultyStore* store;

  static Layer& of(sqlite3_vfs* vfs) { return *static_cast<Layer*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
    Layer& layer = of(vfs);
    auto* faulty = reinterpret_cast<FaultyFile*>(file);
    faulty->base.pMethods = nullptr;
    faulty->store = layer.store;
    faulty->path = path;
    int result = layer.below->xOpen(layer.below, path, real(file), flags, out);
    if (real(file)->pMethods != nullptr) faulty->base.pMethods = &kMethods;
    return result;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int sync) {
    int result = of(vfs).below->xDelete(of(vfs).below, path, sync);
    if (result == SQLITE_OK) of(vfs).store->removed(path);
    return result;
  }
};

FaultyStore::FaultyStore() : layer_(std::make_unique<Layer>()) {
  sqlite3_initialize();
  layer_->below = sqlite3_vfs_find(nullptr);
  layer_->store = this;
  // The other functions of the layer below take no notice of which layer they are called on.
  layer_->vfs = *layer_->below;
  layer_->vfs.zName = "faulty";
  layer_->vfs.pNext = nullptr;
  layer_->vfs.pAppData = layer_.get();
  layer_->vfs.szOsFile = static_cast<int>(sizeof(FaultyFile)) + layer_->below->szOsFile;
  layer_->vfs.xOpen = Layer::open;
  layer_->vfs.xDelete = Layer::remove;
  CHECK(sqlite3_vfs_register(&layer_->vfs, 1) == SQLITE_OK, "SQLite takes a layer for files");
}

FaultyStore::~FaultyStore() {
  sqlite3_vfs_unregister(&layer_->vfs);
}

void FaultyStore::fail_after(Fault fault, int good, const std::string& suffix) {
  MutexLock lock(mutex_);
  armed_ = true;
  failed_ = false;
  fault_ = fault;
  good_ = good;
  suffix_ = suffix;
}

void FaultyStore::heal() {
  MutexLock lock(mutex_);
  armed_ = false;
}

bool FaultyStore::failed() const {
  MutexLock lock(mutex_);
  return failed_;
}

bool FaultyStore::fails(std::string_view path, bool syncing) {
  if (!armed_ || syncing != (fault_ == Fault::kSyncError) || !path.ends_with(suffix_)) return false;
  if (good_ > 0) {
    --good_;
    return false;
  }
  failed_ = true;
  return true;
}

bool FaultyStore::write_fails(std::string_view path, Fault* fault) {
  MutexLock lock(mutex_);
  *fault = fault_;
  return fails(path, false);
}

bool FaultyStore::sync_fails(std::string_view path) {
  MutexLock lock(mutex_);
  return fails(path, true);
}

void FaultyStore::synced(const std::string& path) {
  Bytes bytes = read_file(path, kLargestTestFile).value();
  MutexLock lock(mutex_);
  durable_[path] = std::move(bytes);
}

void FaultyStore::removed(const std::string& path) {
  MutexLock lock(mutex_);
  durable_.erase(path);
}

std::map<std::string, Bytes> FaultyStore::durable() const {
  MutexLock lock(mutex_);
  return durable_;
}

}  // namespace plumbline::testing
