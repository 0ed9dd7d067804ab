// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_BACKTEST_LEDGER_H_
#define PLUMBLINE_EVALUATOR_BACKTEST_LEDGER_H_

#include <memory>

#include "base/crypto.h"
#include "evaluator/full_evaluation.h"
#include "packs/pack.h"

namespace plumbline {

// The same ledger as if other rules had been in force all along: in place of the activation `first`
// stands one of `rules` for every period, no other follows, and nothing was ever closed. For
// reading alone: records put in place are signed by a key of no ledger, and leaves() gives the
// hashes of the ledger as it is.
class BacktestLedger : public LedgerReader {
 public:
  BacktestLedger(std::unique_ptr<LedgerReader> ledger, std::shared_ptr<const Pack> rules,
                 LedgerIndex first);

  Result<LedgerSize> size() override { return ledger_->size(); }
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override;
  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override {
    return ledger_->leaves(from, count);
  }
  Result<StoredEntry> at(LedgerIndex index) override;
  Result<std::vector<LedgerIndex>> batches_of(const OutletId& outlet, LedgerIndex from,
                                              LedgerSize to) override {
    return ledger_->batches_of(outlet, from, to);
  }
  Result<std::vector<LedgerIndex>> without_content(LedgerIndex from, LedgerSize to) override {
    return ledger_->without_content(from, to);
  }

 private:
  StoredEntry seen(const StoredEntry& stored) const;

  std::unique_ptr<LedgerReader> ledger_;
  LedgerIndex first_;
  PrivateKey key_;
  Bytes activation_;  // a signed record
};

// Readers of `open` with `rules` in force. kNotFound where the first `size` entries activate none:
// then there is no place for others.
Result<OpenLedger> with_rules(OpenLedger open, LedgerSize size, std::shared_ptr<const Pack> rules);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_BACKTEST_LEDGER_H_
