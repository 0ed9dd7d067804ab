// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_BATCH_ENTRY_H_
#define PLUMBLINE_EVALUATOR_BATCH_ENTRY_H_

#include <optional>
#include <string>

#include "base/result.h"
#include "ledger/entry.h"
#include "model/wire/batch.h"
#include "store/store.h"

namespace plumbline {

constexpr const char* kWithdrawnRule = "withdrawn";

// A batch as an entry of the ledger holds it: its content, or why there is none to fold.
struct BatchEntry {
  BatchHeader header;
  std::optional<Content> content;
  std::string problem;  // "withdrawn" or "undecodable", when there is no content
  std::string sentence;
};

// Takes the content away, as a redaction of it does.
void withdraw(BatchEntry& batch);

// kCorrupt, naming the entry, when it holds no batch.
Result<BatchEntry> read_batch(const StoredEntry& stored, const Entry& entry);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_BATCH_ENTRY_H_
