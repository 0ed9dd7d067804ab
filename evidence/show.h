// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_SHOW_H_
#define PLUMBLINE_EVIDENCE_SHOW_H_

#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "ledger/entry.h"
#include "store/store.h"

// A ledger in a form that people read: what each entry is, who said it, about which outlet.
namespace plumbline {

// Which entries are shown. Empty filters match all.
struct ShowFilter {
  LedgerIndex from;
  std::optional<LedgerSize> before;  // exclusive
  std::optional<EntryKind> kind;
  std::string outlet;        // batches, records and facts about this outlet
  std::string record_kind;   // "outlet.add", "rules.activate", ...
  std::uint64_t limit = 20;  // at most this many
};

enum class EventDetail { kLeaveOut, kShow };

// The entry as data: index, kind, recorded_at, leaf, and "batch" (stream, outlet, number, first,
// count, hash, sealed_at, content: "present" or "absent"; with kShow also its events) or "record"
// (the office record's JSON; bytes of rule files are replaced by their sizes). An entry that cannot
// be decoded has "damaged" with the reason instead.
Json entry_json(const StoredEntry& stored, EventDetail detail);

// The same as lines of text, ending with a newline.
std::string entry_text(const Json& entry);

// Hands the entries that match, in order, to `show`. Returns how many matched.
Result<std::uint64_t> show_entries(LedgerReader& reader, const ShowFilter& filter,
                                   EventDetail detail,
                                   const std::function<void(const Json&)>& show);

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_SHOW_H_
