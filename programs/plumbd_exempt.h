// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_EXEMPT_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_EXEMPT_H_

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "registry/office.h"

namespace plumbline {

// The office's requests about exemptions on the local socket; each is a fact of the registry.
//   exempt.grant  {outlet, standard, criterion, from, until, owner, document, reason}  -> {id,
//                 index, from, until, owner}; from (today), owner (who asks) and document may be
//                 left out
//   exempt.end    {id, on, reason}  -> {id, index, until}; on is its last day from now on, today
//                 unless it is said
//   exempt.list   {}  -> {today, exemptions: [{id, outlet, standard, criterion, from, until, owner,
//                 reason, document, state, entry, recorded_at}]}; state is "to_come", "holds" or
//                 "over"
// kNotFound, with what was meant, for what the newest rules do not have.
Result<Json> handle_exemptions(Office& office, const Clock& clock, const Json& request,
                               const std::string& actor);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_EXEMPT_H_
