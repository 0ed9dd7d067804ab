// SPDX-License-Identifier: Apache-2.0
// The calls of the C library that change files, for the whole test program: the linker finds these
// before the library's, for SQLite too. Each asks the recorder and then the next definition, which
// is the sanitizer's or the library's.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>

#include "base/check.h"
#include "tests/support/faults/disk_recorder.h"

namespace plumbline::testing {
namespace {

using Call = DiskFault::Call;
using Kind = DiskStep::Kind;

// What a descriptor is: nothing of ours, a folder opened by base/file.cc or by SQLite, or a file.
constexpr int kForeign = 0;
constexpr int kOurFolder = -1;
constexpr int kSqliteFolder = -2;
constexpr int kFirstFile = 1;
std::array<std::atomic<int>, 4096> descriptors;

std::atomic<int>* meaning(int fd) {
  return fd >= 0 && static_cast<std::size_t>(fd) < descriptors.size() ? &descriptors[fd] : nullptr;
}

template <typename Function>
Function next_definition(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  CHECK(found != nullptr, "the C library has this call");
  return reinterpret_cast<Function>(found);
}

int fail_with(int error) {
  errno = error;
  return -1;
}

// The file behind a descriptor, or nothing where nobody records it.
DiskRecorder* recorded(int fd, int* file) {
  DiskRecorder* recorder = DiskRecorder::active();
  std::atomic<int>* what = meaning(fd);
  if (recorder == nullptr || what == nullptr || *what < kFirstFile) return nullptr;
  *file = *what - kFirstFile;
  return recorder;
}

template <typename Open>
int record_open(const char* path, int flags, Open open) {
  DiskRecorder* recorder = DiskRecorder::active();
  if (recorder == nullptr) return open();
  if (recorder->is_folder(path)) {
    int fd = open();
    if (std::atomic<int>* what = meaning(fd)) {
      *what = (flags & O_DIRECTORY) != 0 ? kOurFolder : kSqliteFolder;
    }
    return fd;
  }
  std::optional<std::string> name = recorder->name_of(path);
  if (!name) return open();
  bool creates = (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
  if (creates) {
    if (int error = recorder->before(Call::kCreate, *name)) return fail_with(error);
  }
  int fd = open();
  std::atomic<int>* what = meaning(fd);
  bool writes = (flags & O_ACCMODE) != O_RDONLY;
  if (what != nullptr && writes) *what = recorder->opened(*name, creates) + kFirstFile;
  return fd;
}

template <typename Write>
ssize_t record_write(int fd, const void* bytes, size_t size, off64_t offset, Write write) {
  int file = 0;
  DiskRecorder* recorder = recorded(fd, &file);
  if (recorder == nullptr) return write(size);
  if (offset < 0) offset = lseek64(fd, 0, SEEK_CUR);
  DiskRecorder::Verdict verdict = recorder->before_write(file, size);
  if (verdict.take > 0) {
    ssize_t done = write(verdict.take);
    if (done < 0) return done;
    recorder->wrote(file, static_cast<std::uint64_t>(offset),
                    {static_cast<const char*>(bytes), static_cast<std::size_t>(done)});
    if (verdict.error == 0) return done;
  }
  return verdict.error == 0 ? 0 : fail_with(verdict.error);
}

int record_sync(int fd, int (*sync)(int)) {
  DiskRecorder* recorder = DiskRecorder::active();
  std::atomic<int>* what = meaning(fd);
  if (recorder == nullptr || what == nullptr || *what == kForeign) return sync(fd);
  DiskStep step;
  if (*what < kForeign) {
    step.kind = Kind::kSyncFolder;
    step.name = *what == kOurFolder ? kOurFolderSync : kSqliteFolderSync;
  } else {
    step.kind = Kind::kSync;
    step.file = *what - kFirstFile;
    step.name = recorder->current_name(step.file);
  }
  int error = recorder->before(Call::kSync, step.name);
  if (error != 0) step.kind = step.file < 0 ? Kind::kMark : Kind::kSyncFailed;
  if (error != 0 && step.file < 0) return fail_with(error);
  recorder->add(std::move(step));
  return error == 0 ? sync(fd) : fail_with(error);
}

int record_truncate(int fd, off64_t size, int (*truncate)(int, off64_t)) {
  int file = 0;
  DiskRecorder* recorder = recorded(fd, &file);
  if (recorder == nullptr) return truncate(fd, size);
  if (int error = recorder->before(Call::kTruncate, recorder->current_name(file))) {
    return fail_with(error);
  }
  DiskStep step;
  step.kind = Kind::kTruncate;
  step.file = file;
  step.number = static_cast<std::uint64_t>(size);
  recorder->add(std::move(step));
  return truncate(fd, size);
}

}  // namespace
}  // namespace plumbline::testing

namespace faults = plumbline::testing;

extern "C" {

int open(const char* path, int flags, ...) {
  static auto next = faults::next_definition<int (*)(const char*, int, ...)>("open");
  va_list rest;
  va_start(rest, flags);
  unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, unsigned) : 0;
  va_end(rest);
  return faults::record_open(path, flags, [&] { return next(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
  static auto next = faults::next_definition<int (*)(const char*, int, ...)>("open64");
  va_list rest;
  va_start(rest, flags);
  unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, unsigned) : 0;
  va_end(rest);
  return faults::record_open(path, flags, [&] { return next(path, flags, mode); });
}

int close(int fd) {
  static auto next = faults::next_definition<int (*)(int)>("close");
  if (std::atomic<int>* what = faults::meaning(fd)) *what = faults::kForeign;
  return next(fd);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  static auto next = faults::next_definition<ssize_t (*)(int, const void*, size_t)>("write");
  return faults::record_write(fd, bytes, size, -1,
                              [&](size_t some) { return next(fd, bytes, some); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  static auto next =
      faults::next_definition<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return faults::record_write(fd, bytes, size, offset,
                              [&](size_t some) { return next(fd, bytes, some, offset); });
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return pwrite64(fd, bytes, size, offset);
}

int fsync(int fd) {
  static auto next = faults::next_definition<int (*)(int)>("fsync");
  return faults::record_sync(fd, next);
}

int fdatasync(int fd) {
  static auto next = faults::next_definition<int (*)(int)>("fdatasync");
  return faults::record_sync(fd, next);
}

int ftruncate64(int fd, off64_t size) noexcept {
  static auto next = faults::next_definition<int (*)(int, off64_t)>("ftruncate64");
  return faults::record_truncate(fd, size, next);
}

int ftruncate(int fd, off_t size) noexcept {
  return ftruncate64(fd, size);
}

int rename(const char* from, const char* to) noexcept {
  static auto next = faults::next_definition<int (*)(const char*, const char*)>("rename");
  faults::DiskRecorder* recorder = faults::DiskRecorder::active();
  std::optional<std::string> old_name, new_name;
  if (recorder != nullptr) old_name = recorder->name_of(from);
  if (recorder != nullptr) new_name = recorder->name_of(to);
  if (!old_name || !new_name) return next(from, to);
  if (int error = recorder->before(faults::Call::kRename, *old_name)) {
    return faults::fail_with(error);
  }
  int result = next(from, to);
  faults::DiskStep step;
  step.kind = faults::Kind::kRename;
  step.name = *old_name;
  step.other = *new_name;
  if (result == 0) recorder->add(std::move(step));
  return result;
}

int unlink(const char* path) noexcept {
  static auto next = faults::next_definition<int (*)(const char*)>("unlink");
  faults::DiskRecorder* recorder = faults::DiskRecorder::active();
  std::optional<std::string> name;
  if (recorder != nullptr) name = recorder->name_of(path);
  int result = next(path);
  if (!name || result != 0) return result;
  faults::DiskStep step;
  step.kind = faults::Kind::kUnlink;
  step.name = *name;
  recorder->add(std::move(step));
  return result;
}

}  // extern "C"
