// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_OFFICE_H_
#define PLUMBLINE_REGISTRY_OFFICE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/mutex.h"
#include "base/result.h"
#include "model/office_record.h"
#include "packs/pack.h"
#include "registry/fact_book.h"
#include "registry/registry_plan.h"
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
  std::map<Hash, TokenState> tokens;        // by token hash
  std::map<StreamId, KeyEnrolled> streams;  // of a rotation: what it takes over from the old one
  struct Opened {
    LedgerIndex index;
    Instant recorded_at;
  };
  std::map<StreamId, Opened> opened;  // where each of them was made
  // Streams that take no further batch: revoked, or their key has a successor.
  struct Closed {
    LedgerIndex index;
    Instant recorded_at;
    std::optional<StreamId> successor;  // nullopt: revoked
  };
  std::map<StreamId, Closed> closed;
  struct Conflict {
    LedgerIndex index;
    Instant recorded_at;
    StreamConflict conflict;
  };
  std::vector<Conflict> conflicts;  // in ledger order
  struct Redaction {
    LedgerIndex index;  // of the record
    Instant recorded_at;
    ContentRedacted redaction;
  };
  std::map<LedgerIndex, Redaction> redactions;  // by the batch's entry
  struct Continuation {
    LedgerIndex index;
    Instant recorded_at;
    LedgerContinued continued;
  };
  std::vector<Continuation> continuations;  // in ledger order
  struct Activation {
    LedgerIndex index;
    Instant recorded_at;
    RulesActivated rules;
  };
  std::vector<Activation> activations;  // in ledger order
  struct Closing {
    LedgerIndex index;
    Instant recorded_at;
    std::string actor, reason;
    PeriodClosed closed;
  };
  std::vector<Closing> closings;  // in ledger order; of a period the revisions follow one another
  FactBook facts;

  // Whether `record` could come next, with the errors of `apply`.
  Status check(const OfficeRecord& record) const;

  // kConflict / kExists / kNotFound when the record contradicts the state (token redeemed twice,
  // outlet added twice, unknown outlet): an honest server never writes such a record. The state is
  // as before then.
  Status apply(LedgerIndex index, Instant recorded_at, const OfficeRecord& record);
};

// The enrolment that a signed record "key.enroll" or "key.rotate" makes in a ledger that was
// restored from an older copy; its `restored` is the record. kUnauthenticated unless the office
// signed it, kInvalid for a record of another kind.
Result<KeyEnrolled> restored_enrolment(BytesView record, const PublicKey& office_key);

// What people may see of the state, at one moment: all but tokens, keys and rule files. A plain
// value that does not change.
struct RegistryView {
  struct Stream {
    StreamId stream;
    SourceKind source_kind = SourceKind::kAgent;
    Instant opened_at;
    std::optional<Instant> closed_at;
    std::optional<StreamId> successor;  // of one that was closed by a change of keys
    std::vector<Instant> conflicts;     // on record, in ledger order
  };
  std::map<OutletId, std::vector<Stream>> streams;  // in the order of their enrolment
  Genesis genesis;
  std::map<OutletId, OutletAdded> outlets;
  struct ActiveRules {
    LedgerIndex index;
    std::string pack, version;
    Hash rule_hash;
    Instant recorded_at = {};
    bool retroactive = false;
  };
  std::vector<ActiveRules> activations;          // in ledger order
  std::vector<RegistryState::Closing> closings;  // likewise
  FactBook facts;
};

// What an agent is told at enrolment and at each hello: the files that it validates by, from the
// newest activation. No files while no rules are active.
struct AgentRules {
  Hash events_hash;                    // SHA-256 of events.yaml; zero without files
  std::map<std::string, Bytes> files;  // those of kAgentPackFiles that there are
};

// The office's desk: every office action is checked here, signed, and one ledger entry. Safe from
// any thread; actions are serialised.
class Office {
 public:
  // `writer` and `clock` must outlive the office. `reader` is read once, here, to know the state so
  // far. kNotFound for a ledger without genesis; kDenied when `office_key` is not the key that the
  // genesis names; kCorrupt for a record whose signature does not hold or that contradicts what
  // stands before it; kUnsupported for a kind of record that this version does not know.
  static Result<std::unique_ptr<Office>> open(LedgerReader& reader, LedgerWriter& writer,
                                              PrivateKey office_key, const Clock& clock);

  struct By {
    std::string actor;
    std::string reason;
    Status check() const;  // kInvalid
  };
  // Every action below is kInvalid without an actor or a reason. kExists; kInvalid for a name that
  // is missing or too long.
  Result<LedgerIndex> add_outlet(const By& by, OutletAdded outlet);
  // Makes a secret; the ledger keeps its hash. Returns the secret (16 bytes). kNotFound (outlet);
  // kInvalid unless `valid_for` is positive and at most kMaxTokenValidity.
  static constexpr Duration kMaxTokenValidity{366 * kMsPerDay};
  Result<Bytes> create_token(const By& by, const OutletId& outlet, SourceKind kind, bool historical,
                             Duration valid_for);
  // Redeems a token: kUnauthenticated (unknown), kConflict (redeemed by another key), kDenied
  // (expired), kExists (the key has its stream from another token). The key that redeemed it gets
  // the same answer again, so that a lost answer costs no new token.
  // `previous`: the outlet's stream that the agent reported on before, as it says; kInvalid when
  // there is no such stream of the outlet.
  Result<KeyEnrolled> enroll(BytesView token_secret, const PublicKey& key,
                             const std::string& software,
                             const std::optional<StreamLink>& previous = std::nullopt);

  // A new key takes over from an old one (office_keys.cc). `software` as at enrolment. kNotFound
  // (stream), kUnauthenticated (the old key did not sign), kDenied (revoked, or another key took
  // over), kConflict (the old stream does not stand at `previous`), kExists (the key has a stream).
  // What was done already is answered alike, so that a lost answer may be asked for again.
  Result<KeyEnrolled> rotate(const StreamLink& previous, const PublicKey& key,
                             const Signature& consent, const std::string& software);

  // Enters again what made `stream`, by the record that the agent kept, in a ledger that was
  // restored from a copy older than it. kUnavailable while the outlet is not on record either: the
  // office has to add it. kUnauthenticated, kInvalid of a record that is not the office's or makes
  // another stream. What is known already is answered alike.
  Result<KeyEnrolled> restore_stream(BytesView record, const StreamId& stream);
  // Where the record stands that made the stream. kNotFound.
  Result<LedgerIndex> opened_at(const StreamId& stream) const;

  enum class Run { kDry, kWrite };
  struct Revoked {
    KeyEnrolled stream;
    std::optional<LedgerIndex> index;  // nullopt of a dry run
  };
  // Closes one stream, or all open streams of an outlet, one record each. kNotFound (stream,
  // outlet, or an outlet without an open stream), kExists (closed already). A dry run needs no
  // actor and no reason. After an error on the way the same call closes the others.
  Result<std::vector<Revoked>> revoke(const By& by, const std::variant<StreamId, OutletId>& what,
                                      Run run);

  // Records that a batch of a stream contradicts another one: the first of each number, and at most
  // kMaxConflictsOfStream of a stream. nullopt when there is a record already, or enough of them.
  // A later one of a number proves no more than the first, and a stolen key must not be able to
  // fill the ledger.
  static constexpr std::size_t kMaxConflictsOfStream = 32;
  Result<std::optional<LedgerIndex>> report_conflict(StreamConflict conflict);
  // The files must have been checked. kExists when the same rule hash is active already; kExhausted
  // over limits::kMaxPackBytes, kMaxPackFiles, or when what agents get would not fit in a frame.
  Result<LedgerIndex> activate_rules(const By& by, RulesActivated rules);

  // Records facts that differ from what is known; what is known already is left out. kInvalid with
  // every problem, one a line, when a fact breaks a rule of registry/fact_kinds.h; nothing is
  // recorded then. Returns the index of the last entry; nullopt when all was known.
  Result<std::optional<LedgerIndex>> record_facts(const By& by, std::vector<Fact> facts);

  // Withdraws the content of a batch for ever: kInvalid without a second person who is not the
  // actor; kExists, kNotFound, kConflict as LedgerWriter::append.
  Result<LedgerIndex> redact(const By& by, ContentRedacted redacted);
  // Publishes the results of a period. kExists when it has that revision already, kConflict when
  // revisions would be left out.
  Result<LedgerIndex> close_period(const By& by, PeriodClosed closed);
  // The ledger goes on as `continued.ledger_id`. kUnauthenticated when the lost checkpoint is not
  // signed by the genesis's checkpoint key.
  Result<LedgerIndex> continue_ledger(const By& by, LedgerContinued continued);

  struct Applied {
    RegistryPlan plan;
    std::optional<LedgerIndex> last;  // of the last entry; nullopt when nothing was written
  };
  // Outlets, one record each, then facts, in records within limits::kMaxRecordFacts. Nothing is
  // written by a dry run, which needs no actor and no reason, nor when the plan has problems. After
  // an error on the way the same input writes what is missing.
  Result<Applied> apply_registry(const By& by, const RegistryInput& input, Run run);

  // A copy of everything, with the files of every activation. `recorded_at` of what this object
  // wrote itself is the clock's; the ledger has the exact value.
  RegistryState state() const;
  // Outlets, tokens, streams and their conflicts of it, without facts and rule files.
  RegistryState key_state() const;

  // The state as of now, one object for all who ask until something is written: it holds every
  // record below the size of whatever the change feed has told. Waits for an action under way.
  std::shared_ptr<const RegistryView> view() const;

  // Parts of the state that are asked for often, without that copy.
  Genesis genesis() const;
  std::vector<OutletAdded> outlets() const;
  std::vector<RegistryState::Continuation> continuations() const;
  Result<OutletAdded> outlet(const OutletId& id) const;   // kNotFound
  std::shared_ptr<const AgentRules> agent_rules() const;  // never null

 private:
  Office(LedgerWriter& writer, PrivateKey office_key, const Clock& clock, RegistryState state);
  Result<LedgerIndex> record(const OfficeRecord& record) REQUIRES(mutex_);
  void refresh_agent_rules() REQUIRES(mutex_);

  LedgerWriter& writer_;
  const PrivateKey office_key_;
  const Clock& clock_;
  mutable Mutex mutex_;
  RegistryState state_ GUARDED_BY(mutex_);
  std::shared_ptr<const AgentRules> agent_rules_ GUARDED_BY(mutex_);
  mutable std::shared_ptr<const RegistryView> view_ GUARDED_BY(mutex_);  // null when out of date
};

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_OFFICE_H_
