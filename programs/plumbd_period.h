// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_PERIOD_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_PERIOD_H_

#include <functional>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "registry/office.h"
#include "store/results.h"

namespace plumbline {

// The office's requests about closings on the local socket.
//   period.close  {standard, period, restate, dry_run, reason}  -> {index, revision, size, as_of,
//                 rule_sha256, results, root_sha256, change_count, changes: [{level, unit, before,
//                 after}]}; before and after are {verdict, score, grade} or null; at most 200 are
//                 listed. A dry run needs no reason, its index is null
//   period.list   {}  -> {closings: [{index, recorded_at, actor, reason, standard, period,
//   revision,
//                 size, as_of, rule_sha256, results, root_sha256}]}, in ledger order
class PeriodDesk {
 public:
  using OpenResults = std::function<Result<std::unique_ptr<ResultsStore>>()>;
  // Waits until what is served stands for the whole ledger; kUnavailable when it does not in time.
  using CatchUp = std::function<Status()>;

  // `office` must outlive the desk.
  PeriodDesk(Office& office, OpenResults open, CatchUp catch_up)
      : office_(office), open_(std::move(open)), catch_up_(std::move(catch_up)) {}

  static bool answers(std::string_view op) { return op.starts_with("period."); }
  // Any thread.
  Result<Json> handle(const Json& request, const std::string& actor) const;

 private:
  Result<Json> close(const Json& request, const std::string& actor) const;
  Result<Json> list(const Json& request) const;

  Office& office_;
  const OpenResults open_;
  const CatchUp catch_up_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_PERIOD_H_
