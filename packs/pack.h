// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_PACK_H_
#define PLUMBLINE_PACKS_PACK_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/event.h"
#include "packs/basis.h"
#include "packs/calendar.h"
#include "packs/pattern.h"
#include "packs/problem.h"

// A rule pack: pack.yaml, events.yaml, calendar.yaml as checked values. Standards and targets are
// read by evaluator/; here their files are only carried. docs/formats/rules.md.
namespace plumbline {

// The files of a pack by their path ("pack.yaml", "standards/service.yaml"). Folders data/ and
// import/, simulation.yaml, integrity.yaml, *.md and names that begin with a dot do not belong to
// the rules and are left out.
using PackFiles = std::map<std::string, Bytes>;

// Reads the rule files under `folder`. kNotFound, kExhausted over limits::kMaxPackBytes / Files.
Result<PackFiles> load_pack_files(const std::string& folder);

// SHA-256 over the sorted lines "<sha256 hex>  <path>\n".
Hash rule_hash(const PackFiles& files);

struct Title {
  std::string zh;
  std::string en;
  bool operator==(const Title&) const = default;
};

// Reads the map {zh, en} under `key`, both demanded; problems go to the reader's.
class MapReader;
std::optional<Title> read_title(MapReader& map, std::string_view key);

// "90s", "10m", "24h", "30d": a whole number that is not negative and a unit. kInvalid otherwise.
Result<Duration> parse_duration(std::string_view text);

struct FieldSpec {
  std::string name;
  Kind kind = Kind::kString;
  Title title;
  std::vector<std::string> values;         // kEnum
  std::optional<std::string> pattern;      // kString, kCode: the whole text matches (pattern.h)
  std::shared_ptr<const Pattern> matcher;  // compiled `pattern`; null where there is none
  // Steps that may carry it (empty = every step) and steps that must. The one step of a type
  // without steps goes by the type's id.
  std::vector<std::string> steps;
  std::vector<std::string> required_in;
};

struct StepSpec {
  std::string id;
  Title title;
  bool final = false;  // a case whose final step has happened is closed
};

// A case type: "request" with steps opened, closed; or a type without steps, which is a case of
// one step whose event type is the type's own name.
struct TypeSpec {
  std::string id;
  Title title;
  std::vector<StepSpec> steps;           // in order; empty = a type without steps
  std::optional<std::string> due_field;  // the kInstant field by which the final step is due
  std::vector<FieldSpec> fields;         // sorted by name

  const FieldSpec* field(std::string_view name) const;
  const StepSpec* step(std::string_view id) const;
};

// What an event type ("request.opened") means.
struct EventTypeRef {
  const TypeSpec* type = nullptr;
  const StepSpec* step = nullptr;  // nullptr for a type without steps
};

struct EventCatalog {
  std::vector<TypeSpec> types;  // sorted by id
  const TypeSpec* type(std::string_view id) const;
  // nullopt when the catalog knows no such event type. Pointers live as long as the catalog.
  std::optional<EventTypeRef> resolve(std::string_view event_type) const;
  std::vector<std::string> event_types() const;  // all names, sorted
};

struct LevelSpec {
  std::string id;  // "network", "city", "county", "outlet": from the whole to the part
  Title title;
};

// How long after its time an event may come without a flag.
struct TimeLimit {
  Duration after;
  Basis basis;
};

struct Pack {
  std::string id;
  std::string version;
  Title title;
  std::string time_zone;         // IANA name, for people; evaluation uses `calendar`
  std::optional<Instant> as_of;  // fixes as-of, for a data set that has ended
  Duration max_future;           // an event later than recorded_at + this is set aside
  // An event that reached the ledger, or was sealed by its agent, later than this after its time
  // is flagged; no limit, no flag.
  std::optional<TimeLimit> late_after;
  std::optional<TimeLimit> back_dated_after;
  std::vector<LevelSpec> levels;
  EventCatalog events;
  Hash events_hash;  // SHA-256 of events.yaml
  Calendar calendar;
  Hash rules;  // rule_hash()
  PackFiles files;
};

// Checks the three files; all problems at once. Standards are not looked at.
std::optional<Pack> parse_pack(const PackFiles& files, Problems& problems);

// Only what an agent has: pack.yaml, events.yaml, calendar.yaml.
inline constexpr const char* kAgentPackFiles[] = {"pack.yaml", "events.yaml", "calendar.yaml"};

// Why an event does not fit the catalog, as data: the agent refuses it with this, the evaluator
// sets it aside with this. `field` is empty when the event as a whole is meant.
struct Misfit {
  std::string rule;  // stable word: "unknown_type", "unknown_field", "wrong_kind",
                     // "field_not_of_step", "missing_field", "not_in_enum",
                     // "pattern", "too_long", "bad_subject", "personal_data", "negative",
                     // "not_text", "out_of_range", "repeated_field", "empty"
  std::string field;
  std::string value;     // as text, shortened; empty for personal data
  std::string sentence;  // names field, rule and value; never repeats personal data
};
std::optional<Misfit> check_event(const EventCatalog& catalog, const Event& event);

// True when `text` holds a Chinese mobile number (11 digits 1[3-9]xxxxxxxxx not touching another
// digit, save for the prefix +86 or 0086) or an ID-card number (17 digits and a check character,
// valid date, correct check digit by GB 11643, not touching another digit or letter). Full-width
// digits and letters count as digits and letters.
bool holds_personal_number(std::string_view text);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_PACK_H_
