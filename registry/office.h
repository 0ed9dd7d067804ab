// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_OFFICE_H_
#define PLUMBLINE_REGISTRY_OFFICE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/mutex.h"
#include "base/result.h"
#include "model/office_record.h"
#include "packs/pack.h"
#include "store/store.h"

namespace plumbline {

// What the office's records of a ledger prefix add up to. A plain value, made by applying records
// in order; pure.
struct RegistryState {
  std::optional<Genesis> genesis;
  std::map<OutletId, OutletAdded> outlets;
  struct TokenState {
    TokenCreated token;
    bool redeemed = false;
  };
  std::map<Hash, TokenState> tokens;                  // by token hash
  std::map<StreamId, KeyEnrolled> streams;
  struct Activation {
    LedgerIndex index;
    Instant recorded_at;
    RulesActivated rules;
  };
  std::vector<Activation> activations;                // in ledger order

  // kConflict / kExists when the record contradicts the state (token redeemed twice, outlet added
  // twice, unknown outlet): an honest server never writes such a record.
  Status apply(LedgerIndex index, Instant recorded_at, const OfficeRecord& record);
};

// The office's desk: every office action is checked here, signed, and one ledger entry. Safe from
// any thread; actions are serialised.
class Office {
 public:
  // `writer` must outlive the office. `reader` is read once, here, to know the state so far.
  static Result<std::unique_ptr<Office>> open(LedgerReader& reader, LedgerWriter& writer,
                                              PrivateKey office_key, const Clock& clock);

  struct By {
    std::string actor;
    std::string reason;
  };
  Result<LedgerIndex> add_outlet(const By& by, OutletAdded outlet);
  // Makes a secret; the ledger keeps its hash. Returns the secret (16 bytes).
  Result<Bytes> create_token(const By& by, const OutletId& outlet, SourceKind kind,
                             bool historical, Duration valid_for);
  // Redeems a token: kUnauthenticated (unknown), kConflict (redeemed), kDenied (expired).
  Result<KeyEnrolled> enroll(BytesView token_secret, const PublicKey& key,
                             const std::string& software);
  // The files must have been checked. kExists when the same rule hash is active already.
  Result<LedgerIndex> activate_rules(const By& by, RulesActivated rules);

  RegistryState state() const;

 private:
  Office(LedgerWriter& writer, PrivateKey office_key, const Clock& clock, RegistryState state);
  Result<LedgerIndex> record(const OfficeRecord& record) REQUIRES(mutex_);

  LedgerWriter& writer_;
  const PrivateKey office_key_;
  const Clock& clock_;
  mutable Mutex mutex_;
  RegistryState state_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_OFFICE_H_
