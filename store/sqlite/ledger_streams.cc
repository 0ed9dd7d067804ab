// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "store/sqlite/ledger_schema.h"
#include "store/sqlite/ledger_tables.h"

// What records of the office do to streams.
namespace plumbline {
namespace {

StreamState state_of(const KeyEnrolled& enrolled) {
  StreamState state;
  state.stream = enrolled.stream;
  state.outlet = enrolled.outlet;
  state.key = enrolled.key;
  state.source_kind = enrolled.source_kind;
  state.historical = enrolled.historical;
  return state;
}

StreamState state_of(const KeyRotated& rotated) {
  StreamState state;
  state.stream = rotated.stream;
  state.outlet = rotated.outlet;
  state.key = rotated.key;
  state.source_kind = rotated.source_kind;
  state.historical = rotated.historical;
  return state;
}

std::int64_t openness(const StreamState& state) {
  if (!state.revoked) return sqlite::kStreamOpen;
  return state.rotated ? sqlite::kStreamRotated : sqlite::kStreamRevoked;
}

}  // namespace

Status LedgerTables::check_new_stream(const StreamId& stream, const OutletId& outlet) const {
  if (find(stream) == nullptr) return {};
  return Error(Code::kExists,
               fmt::format("this key is enrolled for outlet {} already", outlet.text()));
}

Result<const LedgerTables::Stream*> LedgerTables::open_stream(const StreamId& id) const {
  const Stream* stream = find(id);
  if (stream == nullptr) {
    return Error(Code::kNotFound, "the ledger knows no stream " + id.hex());
  }
  if (!stream->state.revoked) return stream;
  return Error(Code::kDenied,
               fmt::format("the stream {} is closed: {}", id.hex(),
                           stream->state.rotated ? "a new key took over" : "its key is revoked"));
}

Status LedgerTables::check_streams(const RecordEffect& effect) const {
  if (effect.enrolled) return check_new_stream(effect.enrolled->stream, effect.enrolled->outlet);
  if (effect.revoked) {
    auto open = open_stream(effect.revoked->stream);
    return open.ok() ? Status() : Status(open.error());
  }
  if (!effect.rotated) return {};
  const StreamLink& link = effect.rotated->previous;
  ASSIGN_OR_RETURN(const Stream* old, open_stream(link.stream));
  if (old->state.head != link.last || old->state.head_hash != link.last_hash) {
    return Error(Code::kConflict,
                 fmt::format("the stream {} stands at batch {} ({}), the change of keys says batch "
                             "{} ({})",
                             link.stream.hex(), old->state.head.value, old->state.head_hash.hex(),
                             link.last.value, link.last_hash.hex()));
  }
  return check_new_stream(effect.rotated->stream, effect.rotated->outlet);
}

Status LedgerTables::change_streams(const RecordEffect& effect) {
  if (effect.enrolled) return write_stream(state_of(*effect.enrolled));
  auto close = [this](const StreamId& id) -> StreamState& {
    Stream& closed = edit(*find(id));
    closed.state.revoked = true;
    closed.moved = true;
    return closed.state;
  };
  if (effect.revoked) close(effect.revoked->stream);
  if (!effect.rotated) return {};
  close(effect.rotated->previous.stream).rotated = true;
  return write_stream(state_of(*effect.rotated));
}

Status LedgerTables::write_stream(StreamState state) {
  Stream stream;
  // A row's number is the index of the record that makes it: distinct, and in the order of records.
  stream.id = static_cast<std::int64_t>(size_.value - 1);
  insert_stream_.bind(1, stream.id)
      .bind_blob(2, state.stream.view())
      .bind_text(3, state.outlet.text())
      .bind_blob(4, state.key.view())
      .bind(5, static_cast<std::int64_t>(state.source_kind))
      .bind(6, static_cast<std::int64_t>(state.historical))
      .bind_blob(7, state.head_hash.view())
      .bind(8, state.next_sequence.value);
  RETURN_IF_ERROR(broke(insert_stream_.run("writing a new stream")));
  stream.state = std::move(state);
  changed_.emplace(stream.state.stream, std::move(stream));
  return {};
}

Status LedgerTables::write_heads() {
  for (auto& [id, stream] : changed_) {
    if (!stream.moved) continue;
    update_stream_.bind(1, stream.id)
        .bind(2, stream.state.head.value)
        .bind_blob(3, stream.state.head_hash.view())
        .bind(4, stream.state.next_sequence.value)
        .bind(5, openness(stream.state));
    RETURN_IF_ERROR(broke(update_stream_.run("writing where a stream stands")));
    stream.moved = false;
  }
  return {};
}

}  // namespace plumbline
