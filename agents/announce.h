// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_ANNOUNCE_H_
#define PLUMBLINE_AGENTS_ANNOUNCE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "agents/enrolment.h"
#include "agents/inbox.h"
#include "agents/key_change.h"
#include "agents/proxy.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"

namespace plumbline {

// What is told to the server, under the old key: the new one takes over.
struct Announcement {
  Enrolment enrolment;  // of the folder
  StreamLink ended;     // the old key's stream, all of it in the ledger
  PrivateKey old, next;
};

struct Announced {
  enum class How { kDone, kStopped, kDeadline };
  How how;
  Bytes record = {};  // done: the office's record of the change; empty from an older server
};

struct AnnounceOptions {
  std::optional<Proxy> proxy;
  std::optional<std::int64_t> until_ms;  // of the monotonic clock
  std::function<void(std::string_view sentence)> tell;
};

// Asks the server until it answers, at the intervals of the sender; ends early by SIGINT, SIGTERM
// or the deadline. Asking again after a lost answer is answered alike. kDenied: the server refuses
// the change for good. kConflict: its ledger does not end where the old stream ended here.
Result<Announced> announce(const Announcement& what, const Clock& clock,
                           const AnnounceOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_ANNOUNCE_H_
