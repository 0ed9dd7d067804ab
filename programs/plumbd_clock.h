// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_CLOCK_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_CLOCK_H_

#include <memory>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "base/simulated_clock.h"
#include "programs/plumbd_layout.h"

namespace plumbline {

// The clock of the folder's ledger where its genesis says that it is simulated: at the last
// recorded_at, running where that is the simulated end or later. nullptr where the ledger is live
// or there is none. `ticks` must outlive the clock.
Result<std::unique_ptr<SimulatedClock>> simulated_clock_of(const DataLayout& layout,
                                                           const Clock& ticks);

// {"now", "simulated", "simulated_until", "running"}. `simulated` is nullptr for a live ledger.
Json clock_json(const Clock& clock, const SimulatedClock* simulated);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_CLOCK_H_
