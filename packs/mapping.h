// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_MAPPING_H_
#define PLUMBLINE_PACKS_MAPPING_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "packs/pack.h"
#include "packs/problem.h"

// An import mapping (rules/*/import/*.yaml): how the rows of somebody's CSV become events.
// docs/formats/import.md.
namespace plumbline {

struct FieldMapping {
  std::string field;
  std::string column;
  // Instants: "iso" (RFC 3339) or a pattern of MM DD YYYY hh HH mm ss AM, read as local time of the
  // pack's calendar ("MM/DD/YYYY hh:mm:ss AM").
  std::string format;
  std::vector<std::pair<std::string, std::string>> values;  // enum: text in the file -> value
};

struct EventMapping {
  std::string type;     // event type, "request.opened"
  std::string subject;  // column
  std::string time;     // column
  std::string time_format;
  std::string only_if_present;  // column that must not be empty; may be ""
  std::vector<FieldMapping> fields;
};

struct Mapping {
  std::string source;                // name of the source, part of the identity of an import row
  std::vector<std::string> columns;  // columns that must exist
  // Rows belong to the importing outlet when this column equals the outlet's code; "" = all rows.
  std::string outlet_column;
  std::vector<EventMapping> events;
};

std::optional<Mapping> parse_mapping(const std::string& file, BytesView text, const Pack& pack,
                                     Problems& problems);

// A row problem: the column's name and a sentence with rule and value. `rule` is a Misfit's, or
// "time" where a time cannot be read.
struct RowProblem {
  std::string column;
  std::string rule;
  std::string sentence;
};

// A mapped event with its identity at the source: "<event type>/<subject>", stable over repeats.
struct MappedEvent {
  std::string id;
  Event event;
};

// Binds a mapping to the header of a file; then maps rows.
class RowMapper {
 public:
  // kInvalid naming every missing column. `mapping` and `pack` must outlive the mapper.
  static Result<RowMapper> bind(const Mapping& mapping, const Pack& pack,
                                const std::vector<std::string>& header);

  // True when the row belongs to the outlet with this code.
  bool is_for(const std::vector<std::string>& row, std::string_view outlet_code) const;
  // The events of a row; problems are added instead of an event that cannot be made. Events are
  // checked by check_event.
  std::vector<MappedEvent> map(const std::vector<std::string>& row,
                               std::vector<RowProblem>& problems) const;

 private:
  const std::string& cell(const std::vector<std::string>& row, const std::string& column) const;
  // The event of one mapping, or nullopt and at least one problem.
  std::optional<Event> make(const std::vector<std::string>& row, const EventMapping& mapped,
                            std::vector<RowProblem>& problems) const;
  // Adds the field to the event, or a problem; an empty cell adds neither.
  void add_field(const std::vector<std::string>& row, const TypeSpec& type,
                 const FieldMapping& mapped, Event& event, std::vector<RowProblem>& problems) const;

  const Mapping* mapping_ = nullptr;
  const Pack* pack_ = nullptr;
  std::map<std::string, std::size_t, std::less<>> columns_;
};

// Reads a time by a mapping's format, as local time of `calendar`.
Result<Instant> parse_time(std::string_view text, std::string_view format,
                           const Calendar& calendar);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_MAPPING_H_
