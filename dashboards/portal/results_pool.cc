// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/results_pool.h"

namespace plumbline {

ResultsPool::Lease::Lease(ResultsPool& pool, std::unique_ptr<ResultsStore> store,
                          std::unique_ptr<ResultsStore::View> view)
    : pool_(pool), store_(std::move(store)), view_(std::move(view)) {}

ResultsPool::Lease::~Lease() {
  view_.reset();
  pool_.give_back(std::move(store_));
}

Result<std::unique_ptr<ResultsPool::Lease>> ResultsPool::lease() {
  for (int attempt = 1;; ++attempt) {
    auto store = take();
    if (!store.ok() && store.error().code() == Code::kNotFound) return std::unique_ptr<Lease>();
    auto view =
        store.ok() ? (*store)->view() : Result<std::unique_ptr<ResultsStore::View>>(store.error());
    if (view.ok() && *view == nullptr) {
      give_back(std::move(store).value());
      return std::unique_ptr<Lease>();
    }
    if (view.ok()) {
      return std::make_unique<Lease>(*this, std::move(store).value(), std::move(view).value());
    }
    // A reader that failed is closed; the next attempt opens another.
    if (view.error().code() != Code::kUnavailable || attempt == kAttempts) return view.error();
  }
}

Result<std::unique_ptr<ResultsStore>> ResultsPool::take() {
  {
    MutexLock lock(mutex_);
    if (!free_.empty()) {
      std::unique_ptr<ResultsStore> store = std::move(free_.back());
      free_.pop_back();
      return store;
    }
  }
  return open_();
}

void ResultsPool::give_back(std::unique_ptr<ResultsStore> store) {
  MutexLock lock(mutex_);
  free_.push_back(std::move(store));
}

}  // namespace plumbline
