// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faults/disk_recorder.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>

#include "base/check.h"

namespace plumbline::testing {
namespace {

std::atomic<DiskRecorder*> the_recorder{nullptr};

int error_of(DiskFault::How how) {
  return how == DiskFault::How::kNoSpace ? ENOSPC : EIO;
}

}  // namespace

std::vector<DiskFault> all_faults() {
  using Call = DiskFault::Call;
  using How = DiskFault::How;
  std::vector<DiskFault> faults;
  for (int times : {1, DiskFault::kForEver}) {
    for (Call call : {Call::kWrite, Call::kSync, Call::kTruncate, Call::kRename, Call::kCreate}) {
      faults.push_back({call, How::kIoError, 0, times, ""});
      if (call != Call::kTruncate && call != Call::kRename) {
        faults.push_back({call, How::kNoSpace, 0, times, ""});
      }
    }
    faults.push_back({Call::kWrite, How::kShort, 0, times, ""});
  }
  return faults;
}

std::string fault_name(const DiskFault& fault) {
  const char* calls[] = {"Write", "Sync", "Truncate", "Rename", "Create"};
  const char* ways[] = {"IoError", "NoSpace", "Short"};
  return std::string(calls[static_cast<int>(fault.call)]) + ways[static_cast<int>(fault.how)] +
         (fault.times == 1 ? "Once" : "ForEver");
}

DiskRecorder::DiskRecorder(const std::string& folder, const DiskReplay& before)
    : folder_(std::filesystem::canonical(folder)) {
  {
    MutexLock lock(mutex_);
    names_ = before.names();
    for (const auto& [name, file] : names_) {
      last_names_[file] = name;
      next_file_ = std::max(next_file_, file + 1);
    }
    // Numbers of files that are gone are not used again.
    next_file_ += 1000;
  }
  CHECK(the_recorder.exchange(this) == nullptr, "one recorder at a time");
}

DiskRecorder::~DiskRecorder() {
  the_recorder = nullptr;
}

DiskRecorder* DiskRecorder::active() {
  return the_recorder.load();
}

void DiskRecorder::mark(std::uint64_t number) {
  DiskStep step;
  step.number = number;
  add(std::move(step));
}

std::vector<DiskStep> DiskRecorder::trace() const {
  MutexLock lock(mutex_);
  return trace_;
}

void DiskRecorder::fail(const DiskFault& fault) {
  MutexLock lock(mutex_);
  fault_ = fault;
  failed_ = false;
}

void DiskRecorder::heal() {
  MutexLock lock(mutex_);
  fault_.reset();
}

bool DiskRecorder::failed() const {
  MutexLock lock(mutex_);
  return failed_;
}

std::optional<std::string> DiskRecorder::name_of(const std::string& path) const {
  if (!path.starts_with(folder_ + "/") || path.ends_with("-shm")) return std::nullopt;
  std::string name = path.substr(folder_.size() + 1);
  if (name.find('/') != std::string::npos) return std::nullopt;
  return name;
}

int DiskRecorder::opened(const std::string& name, bool created) {
  MutexLock lock(mutex_);
  if (auto known = names_.find(name); known != names_.end()) return known->second;
  CHECK(created, "a file that was there before the recording is not known: " + name);
  int file = next_file_++;
  names_[name] = file;
  last_names_[file] = name;
  changed_name_ = "create " + file_class(name);
  DiskStep step;
  step.kind = DiskStep::Kind::kCreate;
  step.file = file;
  step.name = name;
  trace_.push_back(std::move(step));
  return file;
}

bool DiskRecorder::fails(DiskFault::Call call, const std::string& name) {
  if (!fault_ || fault_->call != call) return false;
  if (!fault_->only.empty() && fault_->only != file_class(name)) return false;
  if (fault_->good > 0) {
    --fault_->good;
    return false;
  }
  if (fault_->times == 0) return false;
  if (fault_->times != DiskFault::kForEver) --fault_->times;
  failed_ = true;
  return true;
}

DiskRecorder::Verdict DiskRecorder::before_write(int file, std::size_t size) {
  MutexLock lock(mutex_);
  if (!fails(DiskFault::Call::kWrite, name_locked(file))) return {0, size};
  switch (fault_->how) {
    case DiskFault::How::kIoError:
      return {EIO, 0};
    case DiskFault::How::kNoSpace:
      return {ENOSPC, size / 2};
    case DiskFault::How::kShort:
      return {0, std::max<std::size_t>(1, size / 2)};
  }
  return {};
}

void DiskRecorder::wrote(int file, std::uint64_t offset, std::string_view bytes) {
  DiskStep step;
  step.kind = DiskStep::Kind::kWrite;
  step.file = file;
  step.number = offset;
  step.bytes = bytes;
  add(std::move(step));
}

int DiskRecorder::before(DiskFault::Call call, const std::string& name) {
  MutexLock lock(mutex_);
  return fails(call, name) ? error_of(fault_->how) : 0;
}

void DiskRecorder::add(DiskStep step) {
  MutexLock lock(mutex_);
  if (step.kind == DiskStep::Kind::kUnlink) {
    names_.erase(step.name);
    changed_name_ = "unlink " + file_class(step.name);
  }
  if (step.kind == DiskStep::Kind::kRename) {
    step.file = names_.at(step.name);
    names_.erase(step.name);
    names_[step.other] = step.file;
    last_names_[step.file] = step.other;
    changed_name_ = "rename " + file_class(step.other);
  }
  if (step.kind == DiskStep::Kind::kSyncFolder) {
    step.name += changed_name_.empty() ? " again" : " after " + changed_name_;
    changed_name_.clear();
  }
  trace_.push_back(std::move(step));
}

std::string DiskRecorder::current_name(int file) const {
  MutexLock lock(mutex_);
  return name_locked(file);
}

std::string DiskRecorder::name_locked(int file) const {
  auto found = last_names_.find(file);
  CHECK(found != last_names_.end(), "a recorded file has a name");
  return found->second;
}

}  // namespace plumbline::testing
