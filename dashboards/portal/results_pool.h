// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_RESULTS_POOL_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_RESULTS_POOL_H_

#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "store/results.h"

namespace plumbline {

// Readers of the results, one for each request at a time, kept open between requests. Safe from
// any thread.
class ResultsPool {
 public:
  using Open = std::function<Result<std::unique_ptr<ResultsStore>>()>;
  explicit ResultsPool(Open open) : open_(std::move(open)) {}

  // One moment of the results, and the reader behind it, which goes back to the pool with it.
  class Lease {
   public:
    Lease(ResultsPool& pool, std::unique_ptr<ResultsStore> store,
          std::unique_ptr<ResultsStore::View> view);
    ~Lease();
    ResultsStore::View& view() { return *view_; }

   private:
    ResultsPool& pool_;
    std::unique_ptr<ResultsStore> store_;
    std::unique_ptr<ResultsStore::View> view_;
  };

  // nullptr while nothing was published. A busy database is asked again, kAttempts times in all.
  static constexpr int kAttempts = 3;
  Result<std::unique_ptr<Lease>> lease();

 private:
  Result<std::unique_ptr<ResultsStore>> take();
  void give_back(std::unique_ptr<ResultsStore> store);

  const Open open_;
  Mutex mutex_;
  std::vector<std::unique_ptr<ResultsStore>> free_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_RESULTS_POOL_H_
