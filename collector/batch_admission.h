// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_BATCH_ADMISSION_H_
#define PLUMBLINE_COLLECTOR_BATCH_ADMISSION_H_

#include <functional>

#include "base/result.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "model/wire/session.h"
#include "store/store.h"

// A sealed batch on its way into the ledger, whichever way it came.
namespace plumbline {

// What the store is asked for; verify_batch() must have passed.
Admission admission_of(SealedBatch sealed);

// What an outcome that is no acknowledgement means for the agent.
Error refusal_of(Admitted::Outcome outcome, const StreamState& stream, BatchNumber number);

// Takes in one sealed batch that no connection brought, and waits until it is durable. The answer
// is what a session would have sent: Ack, or Refused, with retry_after_ms where the batch is good
// and the ledger cannot take it now. `report` is told of a batch that contradicts the ledger.
// Blocks; any thread but the writer's.
Message take_in(LedgerWriter& writer, BytesView sealed,
                const std::function<void(const StreamConflict&)>& report);

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_BATCH_ADMISSION_H_
