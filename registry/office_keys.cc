// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "model/wire/session.h"
#include "registry/office.h"

// What the office does about keys: enrolment, change, revocation, conflicts.
namespace plumbline {
namespace {

constexpr std::size_t kMaxSoftwareBytes = 100;

// What an unknown program says of itself, as it may stand in a record.
std::string printable(const std::string& text) {
  std::string kept;
  for (char c : text) {
    if (kept.size() < kMaxSoftwareBytes && c >= 0x20 && c < 0x7f) kept.push_back(c);
  }
  return kept;
}

}  // namespace

Result<KeyEnrolled> Office::enroll(BytesView token_secret, const PublicKey& key,
                                   const std::string& software,
                                   const std::optional<StreamLink>& previous) {
  const Hash token_hash = sha256(token_secret);
  MutexLock lock(mutex_);
  auto found = state_.tokens.find(token_hash);
  if (found == state_.tokens.end()) {
    return Error(Code::kUnauthenticated, "the enrolment token is not known here");
  }
  const TokenCreated& token = found->second.token;
  const StreamId stream = stream_id(key, token.outlet);
  if (found->second.redeemed) {
    auto made = state_.streams.find(stream);
    if (made != state_.streams.end() && made->second.token_hash == token_hash) return made->second;
    return Error(Code::kConflict,
                 "the enrolment token was used before; ask the office for a new one");
  }
  if (clock_.wall() > token.expires) {
    return Error(Code::kDenied, fmt::format("the enrolment token expired at {}; ask the office for "
                                            "a new one",
                                            format_instant(token.expires)));
  }
  KeyEnrolled enrolled;
  enrolled.key = key;
  enrolled.outlet = token.outlet;
  enrolled.stream = stream;
  enrolled.source_kind = token.source_kind;
  enrolled.historical = token.historical;
  enrolled.token_hash = token_hash;
  enrolled.software = printable(software);
  if (previous.has_value()) {
    auto old = state_.streams.find(previous->stream);
    if (old == state_.streams.end() || old->second.outlet != token.outlet) {
      return Error(Code::kInvalid, fmt::format("the outlet \"{}\" has no stream {} to go on from",
                                               token.outlet.text(), previous->stream.hex()));
    }
    enrolled.previous = previous;
  }
  ASSIGN_OR_RETURN([[maybe_unused]] LedgerIndex index,
                   record({"enrollment", "redeems an enrolment token", enrolled}));
  return enrolled;
}

Result<KeyEnrolled> Office::rotate(const StreamLink& previous, const PublicKey& key,
                                   const Signature& consent, const std::string& software) {
  MutexLock lock(mutex_);
  auto old = state_.streams.find(previous.stream);
  if (old == state_.streams.end()) {
    return Error(Code::kNotFound, fmt::format("there is no stream {}", previous.stream.hex()));
  }
  const KeyEnrolled& from = old->second;
  if (!verify_signature(from.key, rotation_signed_bytes(previous, key), consent)) {
    return Error(Code::kUnauthenticated, "the old key did not sign the change of keys");
  }
  const StreamId stream = stream_id(key, from.outlet);
  if (auto closed = state_.closed.find(previous.stream); closed != state_.closed.end()) {
    const bool done = closed->second.successor == stream;
    if (done && state_.streams.at(stream).previous == previous) return state_.streams.at(stream);
    return Error(Code::kDenied, closed->second.successor.has_value()
                                    ? "another key took over from this one"
                                    : "this key is revoked");
  }
  KeyRotated rotated;
  rotated.key = key;
  rotated.outlet = from.outlet;
  rotated.stream = stream;
  rotated.source_kind = from.source_kind;
  rotated.historical = from.historical;
  rotated.previous = previous;
  rotated.consent = consent;
  rotated.software = printable(software);
  ASSIGN_OR_RETURN([[maybe_unused]] LedgerIndex index,
                   record({"rotation", "a new key takes over from the old one", rotated}));
  return state_.streams.at(stream);
}

Result<KeyEnrolled> Office::restore_stream(BytesView record_bytes, const StreamId& stream) {
  MutexLock lock(mutex_);
  if (auto known = state_.streams.find(stream); known != state_.streams.end()) return known->second;
  ASSIGN_OR_RETURN(KeyEnrolled made, restored_enrolment(record_bytes, state_.genesis->office_key));
  if (made.stream != stream) {
    return Error(Code::kInvalid, "the record of the enrolment is that of another key or outlet");
  }
  if (!state_.outlets.contains(made.outlet)) {
    return Error(Code::kUnavailable,
                 fmt::format("the outlet \"{}\" is not on record since the server was restored; "
                             "the office has to add it again",
                             made.outlet.text()));
  }
  ASSIGN_OR_RETURN(
      [[maybe_unused]] LedgerIndex index,
      record({"enrollment", "shown by the agent to a ledger that was restored", made}));
  return made;
}

Result<LedgerIndex> Office::opened_at(const StreamId& stream) const {
  MutexLock lock(mutex_);
  auto opened = state_.opened.find(stream);
  if (opened != state_.opened.end()) return opened->second.index;
  return Error(Code::kNotFound, fmt::format("there is no stream {}", stream.hex()));
}

Result<std::vector<Office::Revoked>> Office::revoke(const By& by,
                                                    const std::variant<StreamId, OutletId>& what,
                                                    Run run) {
  if (run == Run::kWrite) RETURN_IF_ERROR(by.check());
  MutexLock lock(mutex_);
  std::vector<Revoked> revoked;
  if (const auto* id = std::get_if<StreamId>(&what)) {
    RETURN_IF_ERROR(state_.check({by.actor, by.reason, KeyRevoked{*id}}));
    revoked.push_back({state_.streams.at(*id), std::nullopt});
  } else {
    const auto& outlet = std::get<OutletId>(what);
    if (!state_.outlets.contains(outlet)) {
      return Error(Code::kNotFound, fmt::format("there is no outlet \"{}\"", outlet.text()));
    }
    for (const auto& [stream, enrolled] : state_.streams) {
      bool open = enrolled.outlet == outlet && !state_.closed.contains(stream);
      if (open) revoked.push_back({enrolled, std::nullopt});
    }
    if (revoked.empty()) {
      return Error(Code::kNotFound,
                   fmt::format("the outlet \"{}\" has no stream that is open", outlet.text()));
    }
  }
  if (run == Run::kDry) return revoked;
  for (Revoked& one : revoked) {
    ASSIGN_OR_RETURN(one.index, record({by.actor, by.reason, KeyRevoked{one.stream.stream}}));
  }
  return revoked;
}

RegistryState Office::key_state() const {
  RegistryState keys;
  MutexLock lock(mutex_);
  keys.genesis = state_.genesis;
  keys.outlets = state_.outlets;
  keys.tokens = state_.tokens;
  keys.streams = state_.streams;
  keys.opened = state_.opened;
  keys.closed = state_.closed;
  keys.conflicts = state_.conflicts;
  return keys;
}

Result<std::optional<LedgerIndex>> Office::report_conflict(StreamConflict conflict) {
  MutexLock lock(mutex_);
  std::size_t of_stream = 0;
  for (const RegistryState::Conflict& before : state_.conflicts) {
    if (before.conflict.stream != conflict.stream) continue;
    if (before.conflict.number == conflict.number) return std::optional<LedgerIndex>();
    ++of_stream;
  }
  if (of_stream >= kMaxConflictsOfStream) return std::optional<LedgerIndex>();
  ASSIGN_OR_RETURN(LedgerIndex index,
                   record({"collector", "two batches of one stream contradict each other",
                           std::move(conflict)}));
  return std::optional<LedgerIndex>(index);
}

}  // namespace plumbline
