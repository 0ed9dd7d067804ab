// SPDX-License-Identifier: Apache-2.0
#include "model/wire/transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "model/wire/session_frames.h"

namespace plumbline {
namespace {

constexpr std::string_view kTransportTitle = "plumbline/transport/v1\n";
constexpr std::string_view kReceiptTitle = "plumbline/receipt/v1\n";
// Parts that only files have; the others are frames of a session.
constexpr std::uint8_t kHeadPart = 64;
constexpr std::uint8_t kEndPart = 65;
constexpr std::size_t kPartHeaderBytes = 5;

Error invalid(std::string sentence) {
  return Error(Code::kInvalid, std::move(sentence));
}

void append_part(Bytes& out, std::uint8_t type, BytesView body) {
  append_u32(out, static_cast<std::uint32_t>(body.size()));
  append_u8(out, type);
  out.append(body);
}

void append_end(Bytes& out) {
  Hash hash = sha256(out);
  append_part(out, kEndPart, hash.view());
}

// Walks the parts of a file whose title and hash hold: first the head, then the others.
class Parts {
 public:
  static Result<Parts> open(BytesView bytes, std::string_view title, std::string_view name) {
    if (!bytes.starts_with(title)) {
      return invalid(fmt::format("this is no {} of version 1", name));
    }
    constexpr std::size_t kEndBytes = kPartHeaderBytes + Hash::size;
    if (bytes.size() < title.size() + kEndBytes) {
      return invalid(fmt::format("the {} is cut off", name));
    }
    Bytes end;
    append_part(end, kEndPart, sha256(bytes.substr(0, bytes.size() - kEndBytes)).view());
    if (!bytes.ends_with(end)) {
      return invalid(
          fmt::format("the {} was cut off or changed on its way: its hash at the end "
                      "does not hold",
                      name));
    }
    bytes.remove_prefix(title.size());
    bytes.remove_suffix(kEndBytes);
    return Parts(bytes);
  }

  bool empty() const { return reader_.empty(); }

  Result<Json> head() {
    ASSIGN_OR_RETURN(auto part, next());
    if (part.first != kHeadPart) return invalid("the file does not begin with its head");
    return Json::parse(part.second);
  }

  Result<Message> message() {
    ASSIGN_OR_RETURN(auto part, next());
    ASSIGN_OR_RETURN(std::optional<Message> message, parse_frame(part.first, part.second));
    if (message.has_value()) return *std::move(message);
    return invalid(fmt::format("a part of type {} has no place in this file", part.first));
  }

 private:
  explicit Parts(BytesView bytes) : reader_(bytes) {}

  Result<std::pair<std::uint8_t, BytesView>> next() {
    ASSIGN_OR_RETURN(std::uint32_t size, reader_.u32("the size of a part"));
    ASSIGN_OR_RETURN(std::uint8_t type, reader_.u8("the type of a part"));
    ASSIGN_OR_RETURN(BytesView body, reader_.take(size, "a part of the file"));
    return std::pair(type, body);
  }

  ByteReader reader_;
};

Status only_members(const Json& head, std::initializer_list<std::string_view> known) {
  if (!head.is_object()) return invalid("the head of the file is no JSON object");
  for (const auto& [key, value] : head.as_object()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return invalid(fmt::format("the head of the file has an unknown member \"{}\"", key));
    }
  }
  return {};
}

template <typename Fixed>
Result<Fixed> fixed_at(const Json& head, std::string_view key) {
  ASSIGN_OR_RETURN(std::string hex, head.string_at(key));
  ASSIGN_OR_RETURN(Bytes bytes, from_hex(hex));
  return Fixed::from(bytes, key);
}

Result<Instant> instant_at(const Json& head, std::string_view key) {
  ASSIGN_OR_RETURN(std::string text, head.string_at(key));
  return parse_instant(text);
}

}  // namespace

Bytes encode_transport(const TransportFile& file) {
  Json head = Json::object();
  head.set("ledger_id", file.ledger_id).set("outlet", file.outlet.text());
  head.set("key", file.key.hex()).set("held", file.held.value);
  head.set("made", format_instant(file.made));
  Bytes out(kTransportTitle);
  append_part(out, kHeadPart, head.text());
  for (const Bytes& sealed : file.batches) append_part(out, kBatch, sealed);
  append_end(out);
  return out;
}

Result<TransportFile> decode_transport(BytesView bytes) {
  ASSIGN_OR_RETURN(Parts parts, Parts::open(bytes, kTransportTitle, "transport file"));
  ASSIGN_OR_RETURN(Json head, parts.head());
  RETURN_IF_ERROR(only_members(head, {"ledger_id", "outlet", "key", "held", "made"}));
  TransportFile file;
  ASSIGN_OR_RETURN(file.ledger_id, head.string_at("ledger_id"));
  ASSIGN_OR_RETURN(std::string outlet, head.string_at("outlet"));
  ASSIGN_OR_RETURN(file.outlet, OutletId::parse(outlet));
  ASSIGN_OR_RETURN(file.key, fixed_at<PublicKey>(head, "key"));
  ASSIGN_OR_RETURN(std::int64_t held, head.integer_at("held"));
  if (held < 0) return invalid("\"held\" is below zero");
  file.held = LedgerSize(static_cast<std::uint64_t>(held));
  ASSIGN_OR_RETURN(file.made, instant_at(head, "made"));
  while (!parts.empty()) {
    ASSIGN_OR_RETURN(Message message, parts.message());
    auto* batch = std::get_if<BatchFrame>(&message);
    if (batch == nullptr) return invalid("a transport file holds batches alone");
    file.batches.push_back(std::move(batch->sealed));
  }
  return file;
}

Bytes encode_receipt(const ReceiptFile& file) {
  Json head = Json::object();
  head.set("ledger_id", file.ledger_id).set("stream", file.stream.hex());
  head.set("made", format_instant(file.made));
  Bytes out(kReceiptTitle);
  append_part(out, kHeadPart, head.text());
  for (const Ack& ack : file.acks) out += encode_message(ack);
  if (file.refused.has_value()) out += encode_message(*file.refused);
  for (const Proofs& proofs : file.proofs) out += encode_message(proofs);
  append_end(out);
  return out;
}

Result<ReceiptFile> decode_receipt(BytesView bytes) {
  ASSIGN_OR_RETURN(Parts parts, Parts::open(bytes, kReceiptTitle, "receipt"));
  ASSIGN_OR_RETURN(Json head, parts.head());
  RETURN_IF_ERROR(only_members(head, {"ledger_id", "stream", "made"}));
  ReceiptFile file;
  ASSIGN_OR_RETURN(file.ledger_id, head.string_at("ledger_id"));
  ASSIGN_OR_RETURN(file.stream, fixed_at<StreamId>(head, "stream"));
  ASSIGN_OR_RETURN(file.made, instant_at(head, "made"));
  while (!parts.empty()) {
    ASSIGN_OR_RETURN(Message message, parts.message());
    if (auto* ack = std::get_if<Ack>(&message)) {
      file.acks.push_back(*ack);
    } else if (auto* proofs = std::get_if<Proofs>(&message)) {
      file.proofs.push_back(std::move(*proofs));
    } else if (auto* refused = std::get_if<Refused>(&message); refused && !file.refused) {
      file.refused = std::move(*refused);
    } else {
      return invalid("a receipt holds acknowledgements, at most one refusal, and proofs");
    }
  }
  return file;
}

}  // namespace plumbline
