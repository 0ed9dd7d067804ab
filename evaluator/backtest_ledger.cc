// SPDX-License-Identifier: Apache-2.0
#include "evaluator/backtest_ledger.h"

#include <utility>

#include "ledger/entry.h"
#include "model/office_record.h"

namespace plumbline {
namespace {

// No kind of office record: a reader passes it over.
constexpr const char* kLeftOut = "backtest.left_out";
constexpr std::string_view kActivation = "rules.activate";
constexpr std::string_view kClosing = "period.close";

std::string kind_of(const SignedRecord& record) {
  Result<std::string> kind = record.json.string_at("kind");
  return kind.ok() ? *kind : "";
}

bool is_activation(const StoredEntry& stored) {
  Result<Entry> entry = decode_entry(stored.entry);
  if (!entry.ok() || entry->kind != EntryKind::kOffice) return false;
  Result<SignedRecord> record = decode_record(entry->payload);
  return record.ok() && kind_of(*record) == kActivation;
}

Json activation_of(const Pack& pack) {
  RulesActivated rules;
  rules.pack = pack.id;
  rules.version = pack.version;
  rules.rule_hash = pack.rules;
  rules.retroactive = true;
  rules.files = pack.files;
  return to_json(OfficeRecord{"backtest", "backtest", std::move(rules)});
}

}  // namespace

BacktestLedger::BacktestLedger(std::unique_ptr<LedgerReader> ledger,
                               std::shared_ptr<const Pack> rules, LedgerIndex first)
    : ledger_(std::move(ledger)),
      first_(first),
      key_(PrivateKey::generate()),
      activation_(encode_record(activation_of(*rules), key_)) {}

// What cannot be read is left to whoever reads it.
StoredEntry BacktestLedger::seen(const StoredEntry& stored) const {
  Result<Entry> entry = decode_entry(stored.entry);
  if (!entry.ok() || entry->kind != EntryKind::kOffice) return stored;
  Result<SignedRecord> record = decode_record(entry->payload);
  if (!record.ok()) return stored;
  const std::string kind = kind_of(*record);
  if (kind != kActivation && kind != kClosing) return stored;
  entry->payload = stored.index == first_ ? activation_
                                          : encode_record(record->json.set("kind", kLeftOut), key_);
  return {stored.index, encode_entry(*entry), stored.content};
}

Result<LedgerIndex> BacktestLedger::read(LedgerIndex from,
                                         const std::function<Status(const StoredEntry&)>& take) {
  return ledger_->read(from, [&](const StoredEntry& stored) { return take(seen(stored)); });
}

Result<StoredEntry> BacktestLedger::at(LedgerIndex index) {
  ASSIGN_OR_RETURN(StoredEntry stored, ledger_->at(index));
  return seen(stored);
}

Result<OpenLedger> with_rules(OpenLedger open, LedgerSize size, std::shared_ptr<const Pack> rules) {
  ASSIGN_OR_RETURN(std::unique_ptr<LedgerReader> reader, open());
  ASSIGN_OR_RETURN(std::vector<LedgerIndex> records, reader->without_content(LedgerIndex(0), size));
  for (LedgerIndex index : records) {
    ASSIGN_OR_RETURN(StoredEntry stored, reader->at(index));
    if (!is_activation(stored)) continue;
    return OpenLedger(
        [open = std::move(open), rules, index]() -> Result<std::unique_ptr<LedgerReader>> {
          ASSIGN_OR_RETURN(std::unique_ptr<LedgerReader> ledger, open());
          return std::unique_ptr<LedgerReader>(
              std::make_unique<BacktestLedger>(std::move(ledger), rules, index));
        });
  }
  return Error(Code::kNotFound,
               "no rules were ever activated in this ledger, so it has no place "
               "to put others: plumb rules activate");
}

}  // namespace plumbline
