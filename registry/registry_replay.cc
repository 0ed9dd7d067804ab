// SPDX-License-Identifier: Apache-2.0
#include "registry/registry_replay.h"

#include <fmt/format.h>

#include "ledger/entry.h"

namespace plumbline {
namespace {

// Applies the entries of a ledger to a state.
class Replay {
 public:
  Replay(RegistryState& state, std::optional<PublicKey> office_key)
      : state_(state), office_key_(std::move(office_key)) {}

  Status take(const StoredEntry& stored) {
    auto entry = decode_entry(stored.entry);
    if (!entry.ok()) return damaged(stored.index, "cannot be read", entry.error());
    if (entry->kind == EntryKind::kBatch) return {};
    auto record = decode_record(entry->payload);
    if (!record.ok()) return damaged(stored.index, "holds no record", record.error());
    auto parsed = office_record_from_json(record->json);
    if (!parsed.ok()) return damaged(stored.index, "holds no known record", parsed.error());
    if (const Genesis* genesis = std::get_if<Genesis>(&parsed->body)) {
      if (!office_key_) office_key_ = genesis->office_key;
      if (genesis->office_key != *office_key_) {
        return Error(
            Code::kDenied,
            "the office key of this server is not the key that the ledger's genesis names");
      }
    }
    if (!office_key_ || !verify_record(*record, *office_key_)) {
      return Error(Code::kCorrupt, fmt::format("entry {}: the office's signature does not hold",
                                               stored.index.value));
    }
    if (Status applied = state_.apply(stored.index, entry->recorded_at, *parsed); !applied.ok()) {
      return damaged(stored.index, "contradicts the entries before it", applied.error());
    }
    return {};
  }

 private:
  static Error damaged(LedgerIndex index, std::string_view how, const Error& cause) {
    Code code = cause.code() == Code::kUnsupported ? Code::kUnsupported : Code::kCorrupt;
    return Error(code, fmt::format("entry {} {}", index.value, how), cause);
  }

  RegistryState& state_;
  std::optional<PublicKey> office_key_;
};

}  // namespace

Result<RegistryState> read_registry(LedgerReader& reader, std::optional<PublicKey> office_key) {
  RegistryState state;
  Replay replay(state, std::move(office_key));
  for (LedgerIndex from(0);;) {
    ASSIGN_OR_RETURN(LedgerIndex next, reader.read(from, [&](const StoredEntry& entry) {
      return replay.take(entry);
    }));
    if (next == from) break;
    from = next;
  }
  if (!state.genesis.has_value()) return Error(Code::kNotFound, "the ledger has no genesis");
  return state;
}

}  // namespace plumbline
