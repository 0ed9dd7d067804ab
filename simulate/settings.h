// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_SETTINGS_H_
#define PLUMBLINE_SIMULATE_SETTINGS_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "packs/pack.h"

// What a pack's simulation.yaml says, as checked values: docs/guides/simulate.md.
namespace plumbline {

// Percent, or the name of an odds of the outlet's profile ("on_time").
using Odds = std::variant<std::int64_t, std::string>;

struct Range {
  std::int64_t low = 0, high = 0;
};

// How the value of a field comes about.
struct FieldRule {
  enum class How {
    kPick,
    kBetween,
    kYes,
    kPool,
    kHash,
    kPlace,
    kWorkdays,
    kCaseOf,
    kCause,
    kWords
  };
  How how = How::kPick;
  std::string field;
  Odds present = 100;
  std::vector<std::string> words;     // kPick: the values; kWords: of the numbers from 1 on
  std::vector<std::int64_t> weights;  // kPick
  Range range;                        // kBetween
  Odds yes = 50;                      // kYes
  std::string text;                   // kPool: prefix; kPlace: level; kCaseOf: type; kWords: field
  std::int64_t number = 0;            // kPool: how many; kPlace: percent own; kWorkdays: how many
};

// A step behind the one before it, in minutes of work time.
struct StepRule {
  std::string step;
  Range in_time, late;
  Odds on_time = 100;  // else `late`
  Odds happens = 100;  // else the case stops here
};

// Acts of one event type, or of its cases.
struct Activity {
  enum class Every { kRate, kWorkDay, kQuarter, kYear, kCause };
  std::string type;
  std::string prefix;  // of the subject
  SourceKind source = SourceKind::kAgent;
  std::optional<SourceKind> first_source;  // of the first step, where another one reports it
  Every every = Every::kRate;
  std::int64_t per_year = 0;            // kRate, for a volume of 100
  std::optional<Range> hours;           // local; without it the work hours
  std::int64_t day = 0;                 // kQuarter, kYear: day of the period, from 0
  std::string cause_type, cause_field;  // kCause: an event of that type whose field is ...
  std::int64_t cause_at_most = 0;       // ... at most this
  Odds odds = 100;                      // kWorkDay .. kCause
  std::vector<FieldRule> fields;
  std::vector<StepRule> steps;  // the first has no times
};

struct Burst {
  std::string type;
  std::int64_t per_year = 0;
  Range size;
  std::int64_t minutes = 0;
  std::vector<FieldRule> fields;
};

struct Profile {
  std::string id;
  std::int64_t weight = 0;  // share among the outlets that `count` leaves
  std::int64_t count = 0;
  std::int64_t volume = 100;  // percent
  std::int64_t delay_days = 0;
  bool reports = true;
  std::optional<Date> ends;
  std::map<std::string, std::int64_t> odds;
  std::map<std::string, FieldRule> fields;  // "type.field": instead of the activity's
  std::vector<Burst> bursts;

  std::int64_t percent(const Odds& odds_or_name) const;
};

struct OutletWave {
  Date known;
  std::int64_t count = 0;
  std::string status;  // "" for none
};
struct HostKind {
  std::string id;  // begins the outlet ids
  std::int64_t weight = 0;
  Title name;  // "{place}", "{letter}" are filled in
};
struct StatusRule {
  std::string status, host;
  std::int64_t count = 0;
  Date from;
};
struct StatusEnd {
  std::string status;
  std::int64_t count = 0;
  Date until;
};
struct InstitutionRule {
  std::string level;
  std::int64_t count = 0;
  Date first, last;  // declared
  Range confirmed_after{30, 60};
  std::optional<Date> confirmed;  // all on that day
  bool documented = true;
};
struct ProductRule {
  std::int64_t count = 0;
  Date first, last;  // released
  bool accepted = true;
  std::optional<Date> ends;
};
struct FindingRule {
  std::string profile, code;
  Date from;
};

struct DocumentWords {
  std::string number;  // "{year}", "{n}"
  std::string issuer;
  Title title;  // "{name}": of what it is about
};

struct Settings {
  Date begin;        // first day of reporting
  Date known;        // on which the pack's data/registry.csv becomes known
  Range work_hours;  // local, [low, high)
  std::vector<std::int64_t> months, weekdays;  // percent
  std::int64_t days_off = 0;                   // percent on days that are no work days
  std::string city_level, county_level;
  Title institution_name, product_name;
  DocumentWords documents;
  std::vector<Profile> profiles;
  std::vector<HostKind> hosts;
  std::vector<OutletWave> waves;
  std::vector<StatusRule> statuses;
  std::vector<StatusEnd> status_ends;
  std::vector<InstitutionRule> institutions;
  std::vector<ProductRule> products;
  std::vector<FindingRule> findings;
  std::vector<Activity> activities;
};

// Checked against the catalogue; all problems at once.
std::optional<Settings> parse_settings(BytesView simulation_yaml, const EventCatalog& catalog,
                                       Problems& problems);

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_SETTINGS_H_
