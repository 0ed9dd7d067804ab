// SPDX-License-Identifier: Apache-2.0
#include "ledger/receipt.h"

#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"

namespace plumbline {
namespace {

constexpr std::string_view kFormat = "plumbline/receipt/v1";
// A tree of 2^62 leaves.
constexpr std::size_t kMaxPath = 62;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, "not a receipt: " + std::move(sentence));
}

struct Batch {
  Instant recorded_at;
  BatchHeader header;
};

Result<Batch> batch_of(BytesView bytes) {
  ASSIGN_OR_RETURN(Entry entry, decode_entry(bytes));
  if (entry.kind != EntryKind::kBatch) return invalid("its entry is not one of a batch");
  ByteReader reader(entry.payload);
  ASSIGN_OR_RETURN(BatchHead head, decode_head(reader));
  if (!reader.empty()) return invalid("its entry has more than a head");
  ASSIGN_OR_RETURN(BatchHeader header, decode_header(head.header));
  return Batch{entry.recorded_at, header};
}

Json json_of(const Receipt& receipt, const Batch& batch) {
  Json path = Json::array();
  for (const Hash& hash : receipt.path) path.push(to_base64(hash.view()));
  Json json = Json::object();
  json.set("format", kFormat).set("index", receipt.index.value);
  json.set("entry", to_base64(receipt.entry)).set("path", std::move(path));
  json.set("checkpoint", receipt.checkpoint).set("verifier_key", verifier_key_text(receipt.key));
  json.set("outlet", batch.header.outlet.text()).set("stream", batch.header.stream.hex());
  json.set("batch", batch.header.number.value).set("first_sequence", batch.header.first.value);
  json.set("count", std::int64_t{batch.header.count});
  json.set("recorded_at", format_instant(batch.recorded_at));
  return json;
}

Result<Receipt> receipt_from(const Json& json) {
  Receipt receipt;
  ASSIGN_OR_RETURN(std::int64_t index, json.integer_at("index"));
  if (index < 0) return invalid("its index is negative");
  receipt.index = LedgerIndex(static_cast<std::uint64_t>(index));
  ASSIGN_OR_RETURN(std::string entry, json.string_at("entry"));
  ASSIGN_OR_RETURN(receipt.entry, from_base64(entry));
  ASSIGN_OR_RETURN(receipt.checkpoint, json.string_at("checkpoint"));
  ASSIGN_OR_RETURN(std::string key, json.string_at("verifier_key"));
  ASSIGN_OR_RETURN(receipt.key, parse_verifier_key(key));
  const Json* path = json.find("path");
  if (path == nullptr || !path->is_array() || path->as_array().size() > kMaxPath) {
    return invalid("its path is no list of at most 62 hashes");
  }
  for (const Json& item : path->as_array()) {
    if (!item.is_string()) return invalid("its path is no list of hashes");
    ASSIGN_OR_RETURN(Bytes bytes, from_base64(item.as_string()));
    ASSIGN_OR_RETURN(Hash hash, Hash::from(bytes, "a hash of the path"));
    receipt.path.push_back(hash);
  }
  return receipt;
}

}  // namespace

std::string receipt_text(const Receipt& receipt) {
  Result<Batch> batch = batch_of(receipt.entry);
  CHECK(batch.ok(), "a receipt is made of a batch's entry");
  return json_of(receipt, *batch).text() + "\n";
}

Result<Receipt> parse_receipt(std::string_view text) {
  ASSIGN_OR_RETURN(Json json, Json::parse(text));
  if (!json.is_object()) return invalid("it is no JSON object");
  ASSIGN_OR_RETURN(std::string format, json.string_at("format"));
  if (format != kFormat) {
    return invalid(fmt::format("its format is \"{}\", known is \"{}\"", format, kFormat));
  }
  ASSIGN_OR_RETURN(Receipt receipt, receipt_from(json));
  ASSIGN_OR_RETURN(Batch batch, batch_of(receipt.entry));
  Json expected = json_of(receipt, batch);
  for (const auto& [name, value] : expected.as_object()) {
    const Json* given = json.find(name);
    if (given != nullptr && *given == value) continue;
    return invalid(
        fmt::format("\"{}\" is not what follows from its entry, {}", name, value.text()));
  }
  if (json.as_object().size() == expected.as_object().size()) return receipt;
  return invalid("it has members that no receipt has");
}

Result<ReceiptFacts> verify_receipt(const Receipt& receipt) {
  ASSIGN_OR_RETURN(Batch batch, batch_of(receipt.entry));
  ASSIGN_OR_RETURN(Checkpoint checkpoint,
                   open_checkpoint(receipt.checkpoint, receipt.key.name, receipt.key.key));
  if (verify_inclusion(receipt.index, checkpoint.size, leaf_hash(receipt.entry), checkpoint.root,
                       receipt.path)) {
    return ReceiptFacts{checkpoint, batch.header, batch.recorded_at};
  }
  return Error(Code::kUnauthenticated,
               fmt::format("the path does not lead from the entry to the root of the checkpoint of "
                           "{} entries",
                           checkpoint.size.value));
}

}  // namespace plumbline
