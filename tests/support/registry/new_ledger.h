// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_REGISTRY_NEW_LEDGER_H_
#define PLUMBLINE_TESTS_SUPPORT_REGISTRY_NEW_LEDGER_H_

#include <gtest/gtest.h>

#include <memory>

#include "ledger/entry.h"
#include "model/office_record.h"
#include "store/sqlite/ledger_db.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wire/samples.h"

namespace plumbline::testing {

// "ledger.db" in the folder with nothing but its genesis: the office's key is samples::key(1),
// that of checkpoints samples::key(2).
inline std::unique_ptr<LedgerWriter> new_ledger(const PrivateFolder& folder, const Clock& clock) {
  auto writer = open_sqlite_writer(folder.path("ledger.db"), clock, nullptr).value();
  Genesis genesis;
  genesis.ledger_id = "00112233445566778899aabbccddeeff";
  genesis.network = "test";
  genesis.office_key = samples::key(1).public_key();
  genesis.checkpoint_key = samples::key(2).public_key();
  Json json = to_json({"plumbd", "a new ledger", genesis});
  EXPECT_TRUE(writer->append(EntryKind::kGenesis, encode_record(json, samples::key(1))).ok());
  return writer;
}

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_REGISTRY_NEW_LEDGER_H_
