// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_BATCH_PLACES_H_
#define PLUMBLINE_STORE_BATCH_PLACES_H_

#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace plumbline {

// Where a batch of a stream stands in the ledger.
struct PlacedBatch {
  BatchNumber number;
  LedgerIndex index;
  Instant recorded_at;
  bool operator==(const PlacedBatch&) const = default;
};

// Finds batches by stream and number in a ledger that somebody else may be writing. Used by one
// thread at a time.
class BatchPlaces {
 public:
  virtual ~BatchPlaces() = default;

  // The batches [first, first + count) of a stream that there are, ascending; none for a stream
  // that is not known. The cost goes with `count`.
  virtual Result<std::vector<PlacedBatch>> find(const StreamId& stream, BatchNumber first,
                                                std::uint32_t count) = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_BATCH_PLACES_H_
