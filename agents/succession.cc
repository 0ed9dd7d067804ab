// SPDX-License-Identifier: Apache-2.0
#include "agents/succession.h"

#include <fmt/format.h>

#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "model/office_record.h"

namespace plumbline {
namespace {

struct Link {
  std::string origin;  // of the ledger before
  LedgerContinued record;
  std::string reason;
};

Result<Link> read_link(BytesView bytes, const PublicKey& office_key) {
  ASSIGN_OR_RETURN(SignedRecord record, decode_record(bytes));
  if (!verify_record(record, office_key)) {
    return Error(Code::kUnauthenticated,
                 "the record that continues the ledger is not signed by the office key that was "
                 "pinned at enrolment");
  }
  ASSIGN_OR_RETURN(OfficeRecord office, office_record_from_json(record.json));
  const auto* continued = std::get_if<LedgerContinued>(&office.body);
  if (continued == nullptr) {
    return Error(Code::kInvalid, fmt::format("a record of kind {} does not continue a ledger",
                                             office_record_kind(office)));
  }
  const std::string& note = continued->lost_checkpoint;
  return Link{note.substr(0, note.find('\n')), *continued, office.reason};
}

}  // namespace

Result<Succession> follow_succession(const KnownLedger& known, const std::string& shown_id,
                                     std::span<const Bytes> records) {
  if (!known.office_key) {
    return Error(Code::kDenied,
                 "this agent was enrolled without the office's key and cannot tell whether the "
                 "office continued its ledger; enrol a new folder with a new token");
  }
  Succession succession{known.ledger_id, ""};
  for (const Bytes& bytes : records) {
    ASSIGN_OR_RETURN(Link link, read_link(bytes, *known.office_key));
    std::string origin = checkpoint_origin(succession.ledger_id);
    if (link.origin != origin) continue;  // from before the agent was enrolled
    RETURN_IF_ERROR(open_checkpoint(link.record.lost_checkpoint, origin, known.checkpoint_key));
    succession = {link.record.ledger_id, link.reason};
  }
  if (succession.ledger_id == shown_id) return succession;
  return Error(Code::kNotFound, fmt::format("no record of the office leads from ledger {} to {}",
                                            known.ledger_id, shown_id));
}

}  // namespace plumbline
