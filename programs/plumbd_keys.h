// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_KEYS_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_KEYS_H_

#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "registry/office.h"
#include "registry/stream_doubts.h"
#include "store/store.h"

// What plumbd answers about keys; programs/plumbd_control.h tells requests and answers.
namespace plumbline {

// A stream whose key was revoked takes no part any more: its open sessions are to be ended.
using WhenRevoked = std::function<void(const StreamId&)>;

Result<Json> list_keys(const Office& office, LedgerWriter& writer, const Json& request);
Result<Json> revoke_keys(Office& office, const Json& request, const std::string& actor,
                         const WhenRevoked& when_revoked);
// Reads the headers of the outlet's batches that `doubts` has not seen yet.
Result<Json> show_outlet_keys(const Office& office, LedgerWriter& writer, StreamDoubts& doubts,
                              const Json& request);
Result<Json> list_tokens(const Office& office, const Json& request);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_KEYS_H_
