// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_clock.h"

#include <filesystem>

#include "ledger/entry.h"
#include "model/office_record.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {

Result<std::unique_ptr<SimulatedClock>> simulated_clock_of(const DataLayout& layout,
                                                           const Clock& ticks) {
  std::unique_ptr<SimulatedClock> live;
  if (!std::filesystem::exists(layout.ledger())) return live;
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(layout.ledger()));
  ASSIGN_OR_RETURN(LedgerSize size, reader->size());
  if (size == LedgerSize(0)) return live;
  ASSIGN_OR_RETURN(StoredEntry first, reader->at(LedgerIndex(0)));
  ASSIGN_OR_RETURN(Entry entry, decode_entry(first.entry));
  ASSIGN_OR_RETURN(SignedRecord record, decode_record(entry.payload));
  ASSIGN_OR_RETURN(OfficeRecord office, office_record_from_json(record.json));
  const Genesis* genesis = std::get_if<Genesis>(&office.body);
  if (genesis == nullptr || !genesis->simulated_until) return live;
  ASSIGN_OR_RETURN(StoredEntry last, reader->at(LedgerIndex(size.value - 1)));
  ASSIGN_OR_RETURN(Entry newest, decode_entry(last.entry));
  return std::make_unique<SimulatedClock>(newest.recorded_at, *genesis->simulated_until, ticks);
}

Json clock_json(const Clock& clock, const SimulatedClock* simulated) {
  Json json = Json::object();
  json.set("now", format_instant(clock.wall())).set("simulated", simulated != nullptr);
  json.set("simulated_until",
           simulated != nullptr ? Json(format_instant(simulated->until())) : Json(nullptr));
  json.set("running", simulated == nullptr || simulated->is_running());
  return json;
}

}  // namespace plumbline
