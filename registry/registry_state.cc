// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "model/wire/session.h"
#include "registry/office.h"

namespace plumbline {
namespace {

// What a change of keys makes, as an enrolment says it.
KeyEnrolled enrolment_of(const KeyRotated& rotated) {
  KeyEnrolled enrolled;
  enrolled.key = rotated.key;
  enrolled.outlet = rotated.outlet;
  enrolled.stream = rotated.stream;
  enrolled.source_kind = rotated.source_kind;
  enrolled.historical = rotated.historical;
  enrolled.software = rotated.software;
  enrolled.previous = rotated.previous;
  return enrolled;
}

// Whether a record agrees with a state; one overload for each kind.
class Checker {
 public:
  explicit Checker(const RegistryState& state) : state_(state) {}

  Status operator()(const Genesis&) const {
    if (!state_.genesis.has_value()) return {};
    return Error(Code::kConflict, "a genesis stands only at the beginning of a ledger");
  }

  Status operator()(const OutletAdded& added) const {
    RETURN_IF_ERROR(after_genesis());
    if (!state_.outlets.contains(added.outlet)) return {};
    return Error(Code::kExists,
                 fmt::format("the outlet \"{}\" exists already", added.outlet.text()));
  }

  Status operator()(const TokenCreated& token) const {
    RETURN_IF_ERROR(after_genesis());
    RETURN_IF_ERROR(outlet_exists(token.outlet));
    if (!state_.tokens.contains(token.token_hash)) return {};
    return Error(Code::kExists, "this enrolment token exists already");
  }

  Status operator()(const KeyEnrolled& enrolled) const {
    RETURN_IF_ERROR(after_genesis());
    RETURN_IF_ERROR(outlet_exists(enrolled.outlet));
    if (!enrolled.restored.empty()) return check_restored(enrolled);
    auto token = state_.tokens.find(enrolled.token_hash);
    if (token == state_.tokens.end()) {
      return Error(Code::kConflict, "the enrolment token is not known");
    }
    if (token->second.redeemed) {
      return Error(Code::kConflict, "the enrolment token was used before");
    }
    const TokenCreated& made = token->second.token;
    bool matches = made.outlet == enrolled.outlet && made.source_kind == enrolled.source_kind &&
                   made.historical == enrolled.historical &&
                   enrolled.stream == stream_id(enrolled.key, enrolled.outlet);
    if (!matches) {
      return Error(Code::kConflict, "the enrolment says something else than its token");
    }
    if (!state_.streams.contains(enrolled.stream)) return {};
    return Error(Code::kExists, fmt::format("this key is enrolled for the outlet \"{}\" already",
                                            enrolled.outlet.text()));
  }

  Status operator()(const KeyRotated& rotated) const {
    RETURN_IF_ERROR(after_genesis());
    RETURN_IF_ERROR(stream_open(rotated.previous.stream));
    const KeyEnrolled& old = state_.streams.at(rotated.previous.stream);
    bool matches = old.outlet == rotated.outlet && old.source_kind == rotated.source_kind &&
                   old.historical == rotated.historical &&
                   rotated.stream == stream_id(rotated.key, rotated.outlet);
    if (!matches) {
      return Error(Code::kConflict, "the change of keys says something else than the old stream");
    }
    if (!verify_signature(old.key, rotation_signed_bytes(rotated.previous, rotated.key),
                          rotated.consent)) {
      return Error(Code::kUnauthenticated, "the old key did not sign the change of keys");
    }
    if (!state_.streams.contains(rotated.stream)) return {};
    return Error(Code::kExists, fmt::format("this key is enrolled for the outlet \"{}\" already",
                                            rotated.outlet.text()));
  }

  Status operator()(const KeyRevoked& revoked) const {
    RETURN_IF_ERROR(after_genesis());
    return stream_open(revoked.stream);
  }

  Status operator()(const StreamConflict& conflict) const {
    RETURN_IF_ERROR(after_genesis());
    return stream_known(conflict.stream);
  }

  Status operator()(const ContentRedacted& redacted) const {
    RETURN_IF_ERROR(after_genesis());
    if (!state_.redactions.contains(redacted.index)) return {};
    return Error(Code::kExists,
                 fmt::format("the content of entry {} is withdrawn already", redacted.index.value));
  }

  Status operator()(const LedgerContinued& continued) const {
    RETURN_IF_ERROR(after_genesis());
    bool used = continued.ledger_id == state_.genesis->ledger_id;
    for (const RegistryState::Continuation& before : state_.continuations) {
      used = used || before.continued.ledger_id == continued.ledger_id;
    }
    if (used) {
      return Error(Code::kExists, "a ledger that continues another one has an id of its own");
    }
    Result<Checkpoint> lost =
        open_any_checkpoint(continued.lost_checkpoint, state_.genesis->checkpoint_key);
    if (lost.ok()) return {};
    return Error(Code::kUnauthenticated,
                 "what the ledger gives up is no checkpoint of its checkpoint key", lost.error());
  }

  Status operator()(const PeriodClosed& closed) const {
    RETURN_IF_ERROR(after_genesis());
    std::uint64_t last = 0;
    for (const RegistryState::Closing& before : state_.closings) {
      bool same =
          before.closed.standard == closed.standard && before.closed.period == closed.period;
      if (same) last = before.closed.revision;
    }
    if (closed.revision == last + 1) return {};
    Code code = closed.revision <= last ? Code::kExists : Code::kConflict;
    return Error(code, fmt::format("{} of {} stands at revision {}; {} cannot come next",
                                   closed.period, closed.standard, last, closed.revision));
  }

  Status operator()(const RulesActivated& rules) const {
    RETURN_IF_ERROR(after_genesis());
    bool active =
        !state_.activations.empty() && state_.activations.back().rules.rule_hash == rules.rule_hash;
    if (!active) return {};
    return Error(Code::kExists,
                 fmt::format("the rule set {} is the active one already", rules.rule_hash.hex()));
  }

  Status operator()(const FactsRecorded&) const { return after_genesis(); }

 private:
  Status after_genesis() const {
    if (state_.genesis.has_value()) return {};
    return Error(Code::kConflict, "an office record stands before the genesis");
  }

  Status outlet_exists(const OutletId& outlet) const {
    if (state_.outlets.contains(outlet)) return {};
    return Error(Code::kNotFound, fmt::format("there is no outlet \"{}\"", outlet.text()));
  }

  Status check_restored(const KeyEnrolled& enrolled) const {
    ASSIGN_OR_RETURN(KeyEnrolled made,
                     restored_enrolment(enrolled.restored, state_.genesis->office_key));
    if (to_json({"", "", made}).text() != to_json({"", "", enrolled}).text()) {
      return Error(Code::kConflict,
                   "the enrolment says something else than the record it is restored from");
    }
    if (!state_.streams.contains(enrolled.stream)) return {};
    return Error(Code::kExists, fmt::format("the stream {} is known", enrolled.stream.hex()));
  }

  Status stream_known(const StreamId& stream) const {
    if (state_.streams.contains(stream)) return {};
    return Error(Code::kNotFound, fmt::format("there is no stream {}", stream.hex()));
  }

  Status stream_open(const StreamId& stream) const {
    RETURN_IF_ERROR(stream_known(stream));
    auto closed = state_.closed.find(stream);
    if (closed == state_.closed.end()) return {};
    return Error(Code::kExists, fmt::format("the stream {} is closed since entry {}", stream.hex(),
                                            closed->second.index.value));
  }

  const RegistryState& state_;
};

// Adds a checked record to a state.
class Applier {
 public:
  Applier(RegistryState& state, LedgerIndex index, Instant recorded_at, const OfficeRecord& record)
      : state_(state), index_(index), recorded_at_(recorded_at), record_(record) {}

  void operator()(const Genesis& genesis) { state_.genesis = genesis; }
  void operator()(const OutletAdded& added) { state_.outlets.emplace(added.outlet, added); }
  void operator()(const TokenCreated& token) {
    state_.tokens.emplace(token.token_hash, RegistryState::TokenState{token, false});
  }
  void operator()(const KeyEnrolled& enrolled) {
    state_.streams.emplace(enrolled.stream, enrolled);
    state_.opened.emplace(enrolled.stream, RegistryState::Opened{index_, recorded_at_});
    // The token of a restored enrolment may be lost.
    auto token = state_.tokens.find(enrolled.token_hash);
    if (token != state_.tokens.end()) token->second.redeemed = true;
  }
  void operator()(const KeyRotated& rotated) {
    state_.streams.emplace(rotated.stream, enrolment_of(rotated));
    state_.opened.emplace(rotated.stream, RegistryState::Opened{index_, recorded_at_});
    state_.closed[rotated.previous.stream] = {index_, recorded_at_, rotated.stream};
  }
  void operator()(const KeyRevoked& revoked) {
    state_.closed[revoked.stream] = {index_, recorded_at_, std::nullopt};
  }
  void operator()(const StreamConflict& conflict) {
    state_.conflicts.push_back({index_, recorded_at_, conflict});
  }
  void operator()(const ContentRedacted& redacted) {
    state_.redactions[redacted.index] = {index_, recorded_at_, redacted};
  }
  void operator()(const LedgerContinued& continued) {
    state_.continuations.push_back({index_, recorded_at_, continued});
  }
  void operator()(const RulesActivated& rules) {
    state_.activations.push_back({index_, recorded_at_, rules});
  }
  void operator()(const FactsRecorded& recorded) {
    for (const Fact& fact : recorded.facts) state_.facts.add(index_, recorded_at_, fact);
  }
  void operator()(const PeriodClosed& closed) {
    state_.closings.push_back({index_, recorded_at_, record_.actor, record_.reason, closed});
  }

 private:
  RegistryState& state_;
  const LedgerIndex index_;
  const Instant recorded_at_;
  const OfficeRecord& record_;
};

}  // namespace

Result<KeyEnrolled> restored_enrolment(BytesView record, const PublicKey& office_key) {
  ASSIGN_OR_RETURN(SignedRecord signed_record, decode_record(record));
  if (!verify_record(signed_record, office_key)) {
    return Error(Code::kUnauthenticated, "the record of the enrolment is not signed by the office");
  }
  ASSIGN_OR_RETURN(OfficeRecord office, office_record_from_json(signed_record.json));
  KeyEnrolled made;
  if (const auto* enrolled = std::get_if<KeyEnrolled>(&office.body)) {
    made = *enrolled;
  } else if (const auto* rotated = std::get_if<KeyRotated>(&office.body)) {
    made = enrolment_of(*rotated);
  } else {
    return Error(Code::kInvalid,
                 fmt::format("a record of kind {} makes no stream", office_record_kind(office)));
  }
  made.restored = Bytes(record);
  return made;
}

Status RegistryState::check(const OfficeRecord& record) const {
  return std::visit(Checker(*this), record.body);
}

Status RegistryState::apply(LedgerIndex index, Instant recorded_at, const OfficeRecord& record) {
  if (Status checked = check(record); !checked.ok()) {
    return Error(checked.error().code(),
                 fmt::format("entry {}: {}", index.value, checked.error().sentence()));
  }
  const auto* closing = std::get_if<PeriodClosed>(&record.body);
  if (closing != nullptr && closing->size.value > index.value) {
    return Error(Code::kConflict, fmt::format("entry {}: a closing stands behind what it closes, "
                                              "it names the first {} entries",
                                              index.value, closing->size.value));
  }
  std::visit(Applier(*this, index, recorded_at, record), record.body);
  return {};
}

}  // namespace plumbline
