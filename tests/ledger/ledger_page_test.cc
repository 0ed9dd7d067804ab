// SPDX-License-Identifier: Apache-2.0
// The bytes in docs/formats/ledger.md and receipt.md are the bytes that this program makes.
#include <gtest/gtest.h>

#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "ledger/receipt.h"
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

// Entry 4 of the ledger's example is a batch; its path is the root of the four before it.
Receipt example_receipt() {
  std::map<std::string, Bytes> ledger = made();
  Receipt receipt;
  receipt.index = LedgerIndex(4);
  receipt.entry = ledger["entry 4"];
  receipt.path = {Hash::from(ledger["root 4"], "a root").value()};
  receipt.checkpoint = ledger["checkpoint"];
  receipt.key = {checkpoint_origin(kLedgerId), samples::key(2).public_key()};
  return receipt;
}

TEST(ReceiptPage, TheExampleIsWhatTheProgramMakes) {
  const Bytes text = samples::doc_blocks("receipt.md")["receipt"];
  EXPECT_EQ(text, receipt_text(example_receipt()));
  EXPECT_EQ(samples::doc_blocks("receipt.md")["verifier key"],
            samples::doc_blocks("ledger.md")["verifier key"]);
}

// As whoever is handed it would: from the page's text alone.
TEST(ReceiptPage, TheExampleHoldsUnderTheKeyOfThePage) {
  std::map<std::string, Bytes> page = samples::doc_blocks("receipt.md");
  Bytes text = page["receipt"];
  ASSERT_TRUE(text.ends_with('\n'));
  text.pop_back();
  auto receipt = parse_receipt(text);
  ASSERT_TRUE(receipt.ok()) << receipt.error().text();
  EXPECT_EQ(verifier_key_text(receipt->key) + "\n", page["verifier key"]);
  auto facts = verify_receipt(*receipt);
  ASSERT_TRUE(facts.ok()) << facts.error().text();
  EXPECT_EQ(facts->checkpoint.size, LedgerSize(5));
  EXPECT_EQ(facts->header.outlet, samples::outlet("isd"));
  EXPECT_EQ(format_instant(facts->recorded_at), "2026-01-05T09:11:02Z");
  // One bit of the entry, and it does not.
  receipt->entry.back() = static_cast<char>(receipt->entry.back() ^ 1);
  EXPECT_FALSE(verify_receipt(*receipt).ok());
}

}  // namespace
}  // namespace plumbline
