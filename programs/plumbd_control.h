// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_CONTROL_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_CONTROL_H_

#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "base/simulated_clock.h"
#include "programs/plumbd_keys.h"
#include "registry/office.h"

namespace plumbline {

// The office's requests of the local socket. Each has "op"; those that write have "reason"; a key
// that an operation does not know is kInvalid.
//   outlet.add      {id, code, name_zh, name_en, places{level: code}}        -> {index}
//   outlet.list     {}                      -> {outlets: [{id, code, name_zh, name_en, places}]}
//   outlet.show     {id}  -> {outlet, keys: [as key.list], conflicts: [{stream, number, index,
//                   recorded_at}], doubts: [{stream, doubt (machine_returned, clock_went_back),
//                   number, count}]}
//   outlet.status   {outlet | after}  -> programs/plumbd_presence.h; answered before this desk
//   token.create    {outlet, source_kind, historical, valid_minutes}         -> {token}
//   token.list      {outlet}     -> {tokens: [{token_sha256, outlet, source_kind, historical,
//                   expires, redeemed}]}; all outlets without `outlet`
//   key.list        {outlet}     -> {keys: [{stream, outlet, key, software, source_kind,
//   historical,
//                   state (open, rotated, revoked), index, recorded_at, last_batch, last_sequence,
//                   previous, conflicts; of a closed one also closed_index, closed_at,
//                   successor}]}, in the order of enrolment; all outlets without `outlet`
//   key.revoke      {stream or outlet, dry_run}  -> {revoked: [{stream, outlet, index}]}; open
//                   sessions of the streams are ended. A dry run needs no reason, its index is null
//   rules.activate  {files{path: base64}, retroactive}  -> {index, pack, version, rule_hash}
//                   kInvalid with all problems of all files, one a line; without `retroactive`
//                   also when a standard begins before now
//   registry.apply  {outlets: [as outlet.add], facts: [{kind, id, from, until, attributes}],
//                   dry_run}  -> {added, changed, withdrawn, unchanged, outlets_added, index,
//                   changes: [{change, kind, id, differs}]}; with problems nothing is written, and
//                   the answer has {problems: [{list, at, attribute, sentence}], problem_count}.
//                   A dry run needs no reason; `index` is null when nothing was written
//   content.redact  {index, batch_sha256, content_sha256, second_person}     -> {index}
//                   withdraws the content of the batch that stands at the index, for ever
//   status          {}                      -> what `status` answers
//   clock.advance   {to}                    -> {now}; of a simulated ledger alone (kDenied), never
//                   backwards nor beyond the simulated end (kInvalid)
class ControlDesk {
 public:
  // `office` and `clock` must outlive the desk. Tokens are pinned to `tls_pin`.
  ControlDesk(Office& office, const Clock& clock, const Hash& tls_pin,
              std::function<Json()> status);

  // Makes `simulated` the clock that clock.advance advances; it must outlive the desk. Before the
  // first request.
  void let_advance(SimulatedClock* simulated) { simulated_ = simulated; }

  // Makes outlet.show, key.list and key.revoke work. `writer` and `doubts` must outlive the
  // desk. Before the first request.
  void let_manage_keys(LedgerWriter* writer, StreamDoubts* doubts, WhenRevoked when_revoked) {
    writer_ = writer;
    doubts_ = doubts;
    when_revoked_ = std::move(when_revoked);
  }

  // Any thread.
  Result<Json> handle(const Json& request, const std::string& actor) const;

 private:
  Result<Json> add_outlet(const Json& request, const std::string& actor) const;
  Result<Json> list_outlets(const Json& request) const;
  Result<Json> create_token(const Json& request, const std::string& actor) const;
  Result<Json> activate_rules(const Json& request, const std::string& actor) const;
  Result<Json> keys(const std::string& op, const Json& request, const std::string& actor) const;
  Result<Json> redact(const Json& request, const std::string& actor) const;
  Result<Json> advance_clock(const Json& request) const;

  Office& office_;
  const Clock& clock_;
  const Hash tls_pin_;
  const std::function<Json()> status_;
  SimulatedClock* simulated_ = nullptr;
  LedgerWriter* writer_ = nullptr;
  StreamDoubts* doubts_ = nullptr;
  WhenRevoked when_revoked_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_CONTROL_H_
