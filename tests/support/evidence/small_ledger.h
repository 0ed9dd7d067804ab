// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_EVIDENCE_SMALL_LEDGER_H_
#define PLUMBLINE_TESTS_SUPPORT_EVIDENCE_SMALL_LEDGER_H_

#include <string>
#include <vector>

#include "evidence/verify.h"
#include "tests/support/wire/memory_ledger.h"

namespace plumbline::samples {

// Genesis, two agents, rules, and batches of both in turn: 12 entries.
//   0 genesis   1-3 isd (outlet, token, key)   4-6 pwd   7 rules   8 isd  9 pwd  10 isd  11 pwd
inline LedgerBuilder small_ledger() {
  LedgerBuilder builder;
  builder.enroll(11, "isd");
  builder.enroll(12, "pwd");
  builder.rules();
  builder.batch(11, "isd", 3);
  builder.batch(12, "pwd", 1);
  builder.batch(11, "isd", 2);
  builder.batch(12, "pwd", 2);
  return builder;
}

inline VerifyReport verify(MemoryLedger& ledger, const VerifyOptions& options = {}) {
  return verify_ledger(ledger, options).value();
}

inline std::string sentence_of(const VerifyReport& report, std::uint64_t index) {
  for (const BadEntry& bad : report.bad) {
    if (bad.index.value == index) return bad.sentence;
  }
  return "";
}

inline std::vector<std::uint64_t> bad_indexes(const VerifyReport& report) {
  std::vector<std::uint64_t> out;
  for (const BadEntry& bad : report.bad) out.push_back(bad.index.value);
  return out;
}

}  // namespace plumbline::samples

#endif  // PLUMBLINE_TESTS_SUPPORT_EVIDENCE_SMALL_LEDGER_H_
