// SPDX-License-Identifier: Apache-2.0
#include "simulate/outlet_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulate/work_time.h"

namespace plumbline {
namespace {

constexpr std::int64_t kWorkDaysOfYear = 250;
// An outlet begins to report some days after it is on record.
constexpr std::int64_t kDaysToBegin = 14;
constexpr std::size_t kRecentSubjects = 32;
constexpr std::int64_t kLiveStepMs = 4 * kMsPerMinute;
// Work minutes from a cause to what it brings about.
constexpr Range kConsequence{30, 600};

int quarter_of(Date day) {
  return (day.month - 1) / 3;
}

std::int64_t day_of_period(Activity::Every every, Date day) {
  const int month = every == Activity::Every::kYear ? 1 : quarter_of(day) * 3 + 1;
  return days_from_date(day) - days_from_date({day.year, month, 1});
}

}  // namespace

OutletSource::OutletSource(const Settings& settings, const Pack& pack, const NetworkPlan& plan,
                           const SimulatedOutlet& outlet, std::uint64_t seed)
    : settings_(settings),
      pack_(pack),
      plan_(plan),
      outlet_(outlet),
      profile_(*outlet.profile),
      random_(seed, outlet.added.outlet.text()),
      first_day_(std::max(settings.begin, add_days(outlet.joins, kDaysToBegin))),
      next_day_(first_day_) {}

std::vector<SimulatedEvent> OutletSource::next(Instant until) {
  std::vector<SimulatedEvent> reported;
  if (!profile_.reports) return reported;
  for (; pack_.calendar.start_of(next_day_) <= until; next_day_ = add_days(next_day_, 1)) {
    live(next_day_);
  }
  while (!waiting_.empty() && waiting_.begin()->first.first <= until) {
    reported.push_back(std::move(waiting_.begin()->second));
    waiting_.erase(waiting_.begin());
  }
  return reported;
}

std::vector<Event> OutletSource::act_now(Instant now, SourceKind kind) {
  std::vector<const Activity*> candidates;
  std::vector<std::int64_t> weights;
  for (const Activity& activity : settings_.activities) {
    if (activity.every != Activity::Every::kRate || activity.source != kind) continue;
    candidates.push_back(&activity);
    weights.push_back(activity.per_year);
  }
  std::vector<Event> events;
  if (candidates.empty()) return events;
  const Act act{*candidates[Random(static_cast<std::uint64_t>(now.ms), "act").pick(weights)],
                nullptr, ""};
  const std::string subject = fmt::format("{}-live-{}", act.activity.prefix, now.ms);
  const auto& steps = act.activity.steps;
  if (steps.empty()) events.push_back(make(act, "", subject, now));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto before = static_cast<std::int64_t>(steps.size() - 1 - i);
    events.push_back(make(act, steps[i].step, subject, now - Duration{before * kLiveStepMs}));
  }
  return events;
}

void OutletSource::live(Date day) {
  for (const Activity& activity : settings_.activities) {
    if (activity.every == Activity::Every::kCause) continue;
    if (activity.every == Activity::Every::kRate) {
      act_at_rate(activity, day);
    } else {
      act_on_schedule(activity, day);
    }
  }
  for (const Burst& each : profile_.bursts) burst(each, day);
}

// In millionths.
std::int64_t OutletSource::volume_on(Date day, std::int64_t per_year) const {
  const auto weekday = static_cast<std::size_t>((days_from_date(day) + 3) % 7);  // 0 = Monday
  std::int64_t volume = per_year * 1'000'000 / kWorkDaysOfYear;
  volume = volume * profile_.volume / 100 * outlet_.size / 100;
  volume = volume * settings_.months[static_cast<std::size_t>(day.month - 1)] / 100;
  volume = volume * settings_.weekdays[weekday] / 100;
  if (pack_.calendar.is_work_day(day)) return volume;
  return volume * settings_.days_off / 100;
}

void OutletSource::act_at_rate(const Activity& activity, Date day) {
  const std::int64_t acts = random_.about(volume_on(day, activity.per_year));
  for (std::int64_t i = 0; i < acts; ++i) {
    begin({activity, nullptr, ""}, new_subject(activity, day), time_on(activity, day));
  }
}

void OutletSource::act_on_schedule(const Activity& activity, Date day) {
  using Every = Activity::Every;
  if (activity.every == Every::kWorkDay) {
    if (!pack_.calendar.is_work_day(day)) return;
  } else {
    // What is due once a year is handed in on the first day in the first year.
    const bool first_year = activity.every == Every::kYear && day.year == first_day_.year;
    const bool due =
        first_year ? day == first_day_ : day_of_period(activity.every, day) == activity.day;
    if (!due) return;
  }
  if (!random_.percent(profile_.percent(activity.odds))) return;
  std::string subject = format_date(day);
  if (activity.every == Every::kYear) subject = std::to_string(day.year);
  if (activity.every == Every::kQuarter) {
    subject = fmt::format("{}-q{}", day.year, quarter_of(day) + 1);
  }
  begin({activity, nullptr, ""}, subject, time_on(activity, day));
}

void OutletSource::burst(const Burst& burst, Date day) {
  const auto activity = std::find_if(
      settings_.activities.begin(), settings_.activities.end(), [&](const Activity& candidate) {
        return candidate.type == burst.type && candidate.steps.empty();
      });
  if (activity == settings_.activities.end()) return;
  const std::int64_t times = random_.about(burst.per_year * 1'000'000 / 365);
  for (std::int64_t i = 0; i < times; ++i) {
    const Instant from = time_on(*activity, day);
    const std::int64_t size = random_.between(burst.size.low, burst.size.high);
    for (std::int64_t n = 0; n < size; ++n) {
      const Instant at = from + Duration{random_.below(burst.minutes * kMsPerMinute / 1000) * 1000};
      begin({*activity, &burst.fields, ""}, new_subject(*activity, day), at);
    }
  }
}

void OutletSource::begin(const Act& act, const std::string& subject, Instant at) {
  const Activity& activity = act.activity;
  if (activity.steps.empty()) return happen(act, "", subject, at);
  for (const StepRule& step : activity.steps) {
    if (&step != &activity.steps.front()) {
      if (!random_.percent(profile_.percent(step.happens))) return;
      const Range& range =
          random_.percent(profile_.percent(step.on_time)) ? step.in_time : step.late;
      at = add_work_minutes(pack_.calendar, settings_.work_hours, at,
                            random_.between(range.low, range.high)) +
           Duration{random_.below(60) * 1000};
    }
    happen(act, step.step, subject, at);
  }
}

Event OutletSource::make(const Act& act, const std::string& step, const std::string& subject,
                         Instant at) {
  Event event;
  event.type = step.empty() ? act.activity.type : act.activity.type + "." + step;
  event.subject = subject;
  event.time = at;
  event.fields = fields_of(act, step, at);
  return event;
}

void OutletSource::happen(const Act& act, const std::string& step, const std::string& subject,
                          Instant at) {
  Event event = make(act, step, subject, at);
  if (step.empty() || step == act.activity.steps.front().step) {
    auto& recent = recent_[act.activity.type];
    recent.push_back(subject);
    if (recent.size() > kRecentSubjects) recent.pop_front();
    follow_up(event);
  }
  put(act.activity, step, std::move(event));
}

void OutletSource::follow_up(const Event& event) {
  for (const Activity& activity : settings_.activities) {
    if (activity.every != Activity::Every::kCause || activity.cause_type != event.type) continue;
    const auto field = std::find_if(
        event.fields.begin(), event.fields.end(),
        [&](const Field& candidate) { return candidate.name == activity.cause_field; });
    if (field == event.fields.end() || field->value.number > activity.cause_at_most) continue;
    if (!random_.percent(profile_.percent(activity.odds))) continue;
    const Instant at = add_work_minutes(pack_.calendar, settings_.work_hours, event.time,
                                        random_.between(kConsequence.low, kConsequence.high));
    begin({activity, nullptr, event.subject}, new_subject(activity, pack_.calendar.local_date(at)),
          at);
  }
}

void OutletSource::put(const Activity& activity, const std::string& step, Event event) {
  SimulatedEvent made;
  const bool first = !activity.steps.empty() && step == activity.steps.front().step;
  made.source = first ? activity.first_source.value_or(activity.source) : activity.source;
  if (is_silent(made.source, event.time)) return;
  made.reported = event.time;
  if (made.source == SourceKind::kAgent) {
    made.reported = event.time + Duration{profile_.delay_days * kMsPerDay};
  }
  made.event = std::move(event);
  waiting_.emplace(std::pair(made.reported, made_++), std::move(made));
}

bool OutletSource::is_silent(SourceKind source, Instant at) const {
  return profile_.ends && source != SourceKind::kInspector &&
         at >= pack_.calendar.start_of(*profile_.ends);
}

std::string OutletSource::new_subject(const Activity& activity, Date day) {
  const std::string stem = fmt::format("{}-{}", activity.prefix, day.year);
  return fmt::format("{}-{:05}", stem, ++subjects_[stem]);
}

Instant OutletSource::time_on(const Activity& activity, Date day) {
  const Range hours = activity.hours.value_or(settings_.work_hours);
  const std::int64_t minute = random_.between(hours.low * 60, hours.high * 60 - 1);
  return minute_of_day(pack_.calendar, day, minute) + Duration{random_.below(60) * 1000};
}

}  // namespace plumbline
