// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_REGISTRY_REPLAY_H_
#define PLUMBLINE_REGISTRY_REGISTRY_REPLAY_H_

#include <optional>

#include "base/crypto.h"
#include "registry/office.h"
#include "store/store.h"

namespace plumbline {

// What the office's records of the whole ledger add up to. Without `office_key` the key that the
// genesis names is taken. kNotFound for a ledger without genesis; kDenied when the genesis names
// another key; kCorrupt for a record whose signature does not hold or that contradicts what stands
// before it; kUnsupported for a kind of record that this version does not know.
Result<RegistryState> read_registry(LedgerReader& reader,
                                    std::optional<PublicKey> office_key = std::nullopt);

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_REGISTRY_REPLAY_H_
