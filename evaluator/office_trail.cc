// SPDX-License-Identifier: Apache-2.0
#include "evaluator/office_trail.h"

#include <fmt/format.h>

#include <utility>

#include "ledger/entry.h"

namespace plumbline {
namespace {

Error bad_record(LedgerIndex index, const Error& cause) {
  return Error(Code::kCorrupt, fmt::format("entry {} holds no office record in order", index.value),
               cause);
}

}  // namespace

Result<std::shared_ptr<const OfficeState>> OfficeTrail::at(LedgerReader& reader, LedgerSize size) {
  if (size < newest_.state->behind) {
    if (size < earlier_.state->behind) earlier_ = Known{};
    RETURN_IF_ERROR(extend(reader, size, earlier_));
    return earlier_.state;
  }
  RETURN_IF_ERROR(extend(reader, size, newest_));
  return newest_.state;
}

Status OfficeTrail::extend(LedgerReader& reader, LedgerSize size, Known& known) {
  if (size <= known.read) return {};
  ASSIGN_OR_RETURN(std::vector<LedgerIndex> records,
                   reader.without_content(LedgerIndex(known.read.value), size));
  if (!records.empty()) {
    auto grown = std::make_shared<OfficeState>(*known.state);
    for (LedgerIndex index : records) {
      ASSIGN_OR_RETURN(StoredEntry stored, reader.at(index));
      RETURN_IF_ERROR(apply(stored, *grown));
    }
    known.state = std::move(grown);
  }
  known.read = size;
  return {};
}

Status OfficeTrail::apply(const StoredEntry& stored, OfficeState& state) {
  Result<Entry> entry = decode_entry(stored.entry);
  if (!entry.ok()) return bad_record(stored.index, entry.error());
  // A batch without its content is no record.
  if (entry->kind == EntryKind::kBatch) return {};
  Result<SignedRecord> signed_record = decode_record(entry->payload);
  if (!signed_record.ok()) return bad_record(stored.index, signed_record.error());
  Result<OfficeRecord> record = office_record_from_json(signed_record->json);
  // A kind of a later version has no part in what this version computes.
  if (!record.ok() && record.error().code() == Code::kUnsupported) return {};
  if (!record.ok()) return bad_record(stored.index, record.error());
  Status applied = state.registry.apply(stored.index, entry->recorded_at, *record);
  if (!applied.ok()) return bad_record(stored.index, applied.error());
  state.behind = LedgerSize(stored.index.value + 1);
  if (std::holds_alternative<RulesActivated>(record->body)) return activate(state);
  return {};
}

Status OfficeTrail::activate(OfficeState& state) {
  const RegistryState::Activation& activation = state.registry.activations.back();
  std::shared_ptr<const RuleSet>& rules = compiled_[activation.rules.rule_hash];
  if (rules == nullptr) {
    Problems problems;
    rules = compile_rules(activation.rules.files, problems);
    if (rules == nullptr) {
      return Error(Code::kUnsupported,
                   fmt::format("entry {} activates a rule set that this version cannot read",
                               activation.index.value),
                   Error(Code::kInvalid, problems.text()));
    }
  }
  state.in_force.push_back(
      {activation.index, activation.recorded_at, activation.rules.retroactive, rules});
  return {};
}

}  // namespace plumbline
