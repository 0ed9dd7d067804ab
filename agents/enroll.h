// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_ENROLL_H_
#define PLUMBLINE_AGENTS_ENROLL_H_

#include <string>
#include <string_view>

#include "agents/enrolment.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"

namespace plumbline {

// Enrols the folder: makes its key, asks the server with the one-time token, stores the answer.
// Goes through the folder's proxy where it has one (agents/proxy.h).
// kExists: it is enrolled already; nothing was changed and nothing sent. kUnauthenticated: the
// server's key is not the one that the token names (kPinMismatch). kDenied: the server refused,
// with its sentence. kUnavailable: no answer within `patience`; calling again with the same token
// takes up where this ended, with the same key.
Result<Enrolment> enroll(const std::string& folder, const ServerAddress& server,
                         std::string_view token, const Clock& clock, Duration patience);

// Enrols a folder anew with a new key, after its old one was revoked or its ledger forgot it: names
// the old stream's last batch that the ledger is known to hold, and seals the events behind it
// again in the new stream. Nobody may send from the folder meanwhile. Errors as above; kNotFound:
// the folder is not enrolled. kInvalid: the token is for another outlet. kConflict: an alarm is
// open.
Result<Enrolment> enroll_again(const std::string& folder, const ServerAddress& server,
                               std::string_view token, const Clock& clock, Duration patience);

// The key of the folder: read, or made on the first call (durably, mode 0600).
Result<PrivateKey> folder_key(const std::string& folder);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_ENROLL_H_
