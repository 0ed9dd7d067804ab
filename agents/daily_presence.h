// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_DAILY_PRESENCE_H_
#define PLUMBLINE_AGENTS_DAILY_PRESENCE_H_

#include <functional>
#include <optional>
#include <string_view>

#include "agents/spool.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"

namespace plumbline {

// Where the pack has a type without steps called `presence`, puts one event of it into the spool
// for each local day of the pack's calendar: source "plumb-agent", id "presence/2026-01-05",
// subject the day, time when it was noticed, and the field `software` where the type has one of
// kind string. The spool keeps a day from coming twice, after a restart too. Never for a historical
// enrolment. Used by the spool's thread.
class DailyPresence {
 public:
  // What is pointed to must outlive the object. `tell` is told why a pack's type cannot be filled.
  DailyPresence(Spool& spool, const PrivateKey& key, const Clock& clock,
                std::function<void(std::string_view)> tell);

  // To be called often: it costs a comparison until the next local day begins or an hour has
  // passed, in which another pack may have come.
  Status look();

 private:
  Status look_at(Instant now);

  Spool& spool_;
  const PrivateKey& key_;
  const Clock& clock_;
  const std::function<void(std::string_view)> tell_;
  std::optional<Instant> looked_, next_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_DAILY_PRESENCE_H_
