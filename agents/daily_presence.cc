// SPDX-License-Identifier: Apache-2.0
#include "agents/daily_presence.h"

#include <algorithm>
#include <string>
#include <utility>

#include "agents/enrolment.h"
#include "agents/software.h"
#include "packs/pack.h"

namespace plumbline {
namespace {

constexpr const char* kType = "presence";
constexpr const char* kSoftware = "software";
constexpr Duration kLookAgain{kMsPerHour};

Submission presence_on(Date day, Instant now, const TypeSpec& type) {
  Submission submission;
  submission.source = "plumb-agent";
  submission.id = std::string(kType) + "/" + format_date(day);
  submission.event.type = kType;
  submission.event.subject = format_date(day);
  submission.event.time = now;
  const FieldSpec* software = type.field(kSoftware);
  if (software != nullptr && software->kind == Kind::kString) {
    Value value;
    value.kind = Kind::kString;
    value.text = kAgentSoftware;
    submission.event.fields.push_back({kSoftware, std::move(value)});
  }
  return submission;
}

}  // namespace

DailyPresence::DailyPresence(Spool& spool, const PrivateKey& key, const Clock& clock,
                             std::function<void(std::string_view)> tell)
    : spool_(spool), key_(key), clock_(clock), tell_(std::move(tell)) {}

Status DailyPresence::look() {
  const Instant now = clock_.wall();
  // A clock that was set back begins anew.
  if (looked_ && next_ && *looked_ <= now && now < *next_) return {};
  looked_ = now;
  next_ = now + kLookAgain;
  return look_at(now);
}

Status DailyPresence::look_at(Instant now) {
  ASSIGN_OR_RETURN(Enrolment enrolment, spool_.enrolment());
  if (enrolment.historical) return {};
  ASSIGN_OR_RETURN(auto files, spool_.pack_files());
  Result<Pack> pack = parse_agent_pack(files);
  // An agent that was enrolled before rules were activated has none yet.
  if (!pack.ok()) return {};
  const Date day = pack->calendar.local_date(now);
  next_ = std::min(*next_, pack->calendar.start_of(date_from_days(days_from_date(day) + 1)));
  const TypeSpec* type = pack->events.type(kType);
  if (type == nullptr) return {};
  Submission submission = presence_on(day, now, *type);
  if (auto misfit = check_event(pack->events, submission.event)) {
    if (tell_) tell_("the pack's type presence cannot be filled by the agent: " + misfit->sentence);
    return {};
  }
  const Submission one[] = {std::move(submission)};
  auto taken = spool_.accept(one, key_, pack->events_hash, clock_, read_boot_id());
  // A full spool takes nothing from anyone; the day is tried again.
  if (!taken.ok() && taken.error().code() == Code::kExhausted) {
    if (tell_) tell_("today's presence was not taken: " + taken.error().text());
    return {};
  }
  return taken.ok() ? Status() : taken.error();
}

}  // namespace plumbline
