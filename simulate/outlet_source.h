// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_OUTLET_SOURCE_H_
#define PLUMBLINE_SIMULATE_OUTLET_SOURCE_H_

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/event.h"
#include "packs/pack.h"
#include "simulate/network_plan.h"
#include "simulate/random.h"
#include "simulate/settings.h"

namespace plumbline {

struct SimulatedEvent {
  SourceKind source = SourceKind::kAgent;
  Instant reported;  // when it is handed in: at its time, or later where the profile is late
  Event event;
};

// What is reported about one outlet, from its joining on. Pure, and the same for the same arguments
// whatever the steps of `until`: time is that of the calls, randomness that of the seed.
class OutletSource {
 public:
  // `settings`, `pack` and `plan` must outlive it; `outlet` is one of the plan's.
  OutletSource(const Settings& settings, const Pack& pack, const NetworkPlan& plan,
               const SimulatedOutlet& outlet, std::uint64_t seed);

  // What is reported up to `until`, behind the last call, in the order of reporting.
  std::vector<SimulatedEvent> next(Instant until);

  // One act of those that `kind` reports by itself and without a plan, all of its steps in the last
  // minutes before `now`; apart from what next() tells. Its subject holds the time.
  std::vector<Event> act_now(Instant now, SourceKind kind);

 private:
  using Values = std::map<std::string, Value>;
  struct Act {  // one that happens: of its activity, perhaps with other rules, perhaps with a cause
    const Activity& activity;
    const std::vector<FieldRule>* instead = nullptr;
    std::string cause;
  };

  void live(Date day);
  std::int64_t volume_on(Date day, std::int64_t per_year) const;
  void act_at_rate(const Activity& activity, Date day);
  void act_on_schedule(const Activity& activity, Date day);
  void burst(const Burst& burst, Date day);
  void begin(const Act& act, const std::string& subject, Instant at);
  void happen(const Act& act, const std::string& step, const std::string& subject, Instant at);
  Event make(const Act& act, const std::string& step, const std::string& subject, Instant at);
  void follow_up(const Event& event);
  void put(const Activity& activity, const std::string& step, Event event);

  const FieldRule& rule_of(const Act& act, const FieldRule& rule) const;
  std::vector<Field> fields_of(const Act& act, const std::string& step, Instant at);
  std::optional<Value> value_of(const Act& act, const FieldRule& rule, const FieldSpec& spec,
                                Instant at, const Values& others);
  std::optional<std::string> text_of(const Act& act, const FieldRule& rule, const Values& others);

  std::string new_subject(const Activity& activity, Date day);
  Instant time_on(const Activity& activity, Date day);
  bool is_silent(SourceKind source, Instant at) const;

  const Settings& settings_;
  const Pack& pack_;
  const NetworkPlan& plan_;
  const SimulatedOutlet& outlet_;
  const Profile& profile_;
  Random random_;
  Date first_day_;
  Date next_day_;
  std::uint64_t made_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, SimulatedEvent> waiting_;
  std::map<std::string, std::uint64_t> subjects_;          // given, by prefix and year
  std::map<std::string, std::deque<std::string>> recent_;  // subjects, by type
};

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_OUTLET_SOURCE_H_
