// SPDX-License-Identifier: Apache-2.0
// Withdrawing contents: the part of LedgerTables that deletes.
#include <fmt/format.h>

#include "ledger/entry.h"
#include "model/wire/batch.h"
#include "store/sqlite/ledger_tables.h"

namespace plumbline {
namespace {

using sqlite::ScopedReset;
using sqlite::Statement;

Result<BatchHead> head_of(BytesView stored) {
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored));
  if (entry.kind != EntryKind::kBatch) return Error(Code::kConflict, "it is no batch");
  ByteReader reader(entry.payload);
  return decode_head(reader);
}

}  // namespace

Status LedgerTables::check_redaction(const ContentRedacted& redacted) {
  find_content_.bind(1, redacted.index.value);
  ScopedReset reset(find_content_);
  Result<bool> found = find_content_.step("looking for the content to withdraw");
  if (!found.ok()) return broke(found.error());
  std::string entry = fmt::format("entry {}", redacted.index.value);
  if (!*found) return Error(Code::kNotFound, "the ledger has no " + entry);
  auto conflict = [&](const Error& cause) {
    return Error(Code::kConflict, entry + " has no content to withdraw", cause);
  };
  Result<BatchHead> head = head_of(find_content_.blob(0));
  if (!head.ok()) return conflict(head.error());
  Result<BatchHeader> header = decode_header(head->header);
  if (!header.ok()) return conflict(header.error());
  if (batch_hash(head->header) != redacted.batch_hash ||
      header->content_hash != redacted.content_hash) {
    return Error(Code::kConflict, entry + " is another batch than the one that is to be withdrawn");
  }
  if (find_content_.integer(1) == 0) return {};
  return Error(Code::kExists, "the content of " + entry + " is withdrawn already");
}

Status LedgerTables::withdraw(LedgerIndex index) {
  clear_content_.bind(1, index.value);
  RETURN_IF_ERROR(broke(clear_content_.run("withdrawing a content")));
  withdrawing_ = true;
  return {};
}

// A process that died between the commit and the emptying of the log left the bytes in the log. So
// a ledger with a withdrawn content begins with an empty one. The second byte of an entry is its
// kind.
Status LedgerTables::find_unfinished_erasure() {
  ASSIGN_OR_RETURN(Statement withdrawn,
                   Statement::prepare(*connection_,
                                      "SELECT 1 FROM entries INDEXED BY contentless WHERE content "
                                      "IS NULL AND substr(entry, 2, 1) = x'02' LIMIT 1"));
  ASSIGN_OR_RETURN(erase_due_, withdrawn.step("looking for withdrawn contents"));
  withdrawn.reset();
  return erase_if_due();
}

Status LedgerTables::erase_if_due() {
  if (!erase_due_) return {};
  ASSIGN_OR_RETURN(bool emptied, connection_->empty_log());
  erase_due_ = !emptied;
  if (emptied) unmoved_bytes_ = 0;
  return {};
}

}  // namespace plumbline
