// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SPOOL_DAMAGE_H_
#define PLUMBLINE_AGENTS_SPOOL_DAMAGE_H_

#include <string>

#include "agents/spool.h"
#include "base/result.h"

// What becomes of a spool that the disk has damaged: docs/faults.md.
namespace plumbline {

// A batch as the spool gives it back: its bytes are those of its hash, and `key` signed them.
// kCorrupt naming the batch.
Status check_spooled(const SpooledBatch& batch, const PublicKey& key, const std::string& path);

// Looks at everything in the folder's spool, and at its key. kCorrupt names the file and what is
// damaged first; other errors as of Spool::open.
Status check_spool(const std::string& folder);

// Moves a damaged spool and its key into a folder "damaged-<time>" beside them, whose path is
// returned; nothing is deleted. The key goes too: whoever seals with it behind a batch that was
// forgotten forks the stream. kExists while `run` is active.
Result<std::string> set_spool_aside(const std::string& folder, Instant now);

// What to do about a damaged spool, for people.
std::string damage_advice();

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SPOOL_DAMAGE_H_
