// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_COLLECTOR_GATED_WRITER_H_
#define PLUMBLINE_TESTS_SUPPORT_COLLECTOR_GATED_WRITER_H_

#include <utility>
#include <vector>

#include "base/mutex.h"
#include "store/store.h"

namespace plumbline::testing {

// A disk that stands still: batches wait before the real writer until open() lets them through, in
// the order in which they came. Safe from any thread.
class GatedWriter : public LedgerWriter {
 public:
  // `real` must outlive this object.
  explicit GatedWriter(LedgerWriter& real) : real_(real) {}

  Status admit(Admission admission, AdmitDone done) override {
    MutexLock lock(mutex_);
    if (open_) return real_.admit(std::move(admission), std::move(done));
    ++batches_;
    waiting_.emplace_back(std::move(admission), std::move(done));
    return {};
  }
  Result<LedgerIndex> append(EntryKind kind, Bytes record) override {
    return real_.append(kind, std::move(record));
  }
  Result<StreamState> stream(const StreamId& id) override { return real_.stream(id); }
  std::optional<Error> failure() const override { return real_.failure(); }

  void open() {
    MutexLock lock(mutex_);
    open_ = true;
    for (auto& [admission, done] : waiting_) {
      (void)real_.admit(std::move(admission), std::move(done));
    }
    waiting_.clear();
  }
  // How many have come to the gate while it was closed.
  std::size_t batches() const {
    MutexLock lock(mutex_);
    return batches_;
  }

 private:
  LedgerWriter& real_;
  mutable Mutex mutex_;
  bool open_ GUARDED_BY(mutex_) = false;
  std::size_t batches_ GUARDED_BY(mutex_) = 0;
  std::vector<std::pair<Admission, AdmitDone>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_COLLECTOR_GATED_WRITER_H_
