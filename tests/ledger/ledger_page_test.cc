// SPDX-License-Identifier: Apache-2.0
// The bytes in docs/formats/ledger.md are the bytes that this program makes.
#include <gtest/gtest.h>

#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "model/office_record.h"
#include "tests/support/wire/doc_blocks.h"
#include "tests/support/wire/example.h"

namespace plumbline {
namespace {

constexpr std::string_view kLedgerId = "00112233445566778899aabbccddeeff";

std::vector<Bytes> example_entries() {
  PrivateKey office = samples::key(1);
  OutletId outlet = samples::outlet("isd");
  PublicKey agent = samples::key(7).public_key();
  Hash token = sha256(Bytes("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16));
  Genesis genesis;
  genesis.ledger_id = std::string(kLedgerId);
  genesis.network = "Example";
  genesis.office_key = office.public_key();
  genesis.checkpoint_key = samples::key(2).public_key();
  const OfficeRecord kRecords[] = {
      {"os:clerk", "start", genesis},
      {"os:clerk", "letter 12", OutletAdded{outlet, "ISD", "督查处", "Inspection", {}}},
      {"os:clerk", "letter 12",
       TokenCreated{token, outlet, SourceKind::kAgent, false, samples::at("2026-02-01T00:00:00Z")}},
      {"enrollment", "token",
       KeyEnrolled{agent, outlet, stream_id(agent, outlet), SourceKind::kAgent, false, token,
                   "plumb-agent 0.1.0"}},
  };
  std::vector<Bytes> entries;
  Instant at = samples::at("2026-01-05T09:00:00Z");
  for (const OfficeRecord& record : kRecords) {
    EntryKind kind = entries.empty() ? EntryKind::kGenesis : EntryKind::kOffice;
    entries.push_back(encode_entry({kind, at, encode_record(to_json(record), office)}));
  }
  entries.push_back(encode_entry({EntryKind::kBatch, samples::at("2026-01-05T09:11:02Z"),
                                  encode_head(samples::example_batch().head)}));
  return entries;
}

std::string json_of(const Bytes& entry) {
  return decode_record(decode_entry(entry)->payload)->json_bytes + "\n";
}

std::map<std::string, Bytes> made() {
  std::vector<Bytes> entries = example_entries();
  Frontier frontier;
  std::map<std::string, Bytes> out;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::string number = std::to_string(i);
    frontier.append(leaf_hash(entries[i]));
    out["leaf " + number] = Bytes(leaf_hash(entries[i]).view());
    out["root " + std::to_string(i + 1)] = Bytes(frontier.root().view());
    if (i < 4) out["json " + number] = json_of(entries[i]);
  }
  out["entry 0"] = entries[0];
  out["entry 4"] = entries[4];
  PrivateKey key = samples::key(2);
  Checkpoint checkpoint{checkpoint_origin(kLedgerId), frontier.size(), frontier.root()};
  out["checkpoint"] = sign_checkpoint(checkpoint, key);
  out["verifier key"] = verifier_key_text(checkpoint.origin, key.public_key()) + "\n";
  return out;
}

TEST(LedgerPage, ExamplesAreWhatTheProgramMakes) {
  std::map<std::string, Bytes> page = samples::doc_blocks("ledger.md");
  for (const auto& [name, bytes] : made()) {
    EXPECT_TRUE(page.contains(name) && page[name] == bytes)
        << samples::as_block(name, bytes) << bytes;
    page.erase(name);
  }
  for (const auto& [name, bytes] : page) ADD_FAILURE() << "nothing makes the example " << name;
}

TEST(LedgerPage, TheExampleCheckpointOpens) {
  std::map<std::string, Bytes> page = samples::doc_blocks("ledger.md");
  Checkpoint checkpoint = open_checkpoint(page["checkpoint"], checkpoint_origin(kLedgerId),
                                          samples::key(2).public_key())
                              .value();
  EXPECT_EQ(checkpoint.size, LedgerSize(5));
  EXPECT_EQ(checkpoint.root.view(), page["root 5"]);
}

}  // namespace
}  // namespace plumbline
