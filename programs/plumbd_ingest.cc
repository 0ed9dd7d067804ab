// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_ingest.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "collector/batch_admission.h"
#include "programs/plumbd_request.h"

namespace plumbline {
namespace {

// A checkpoint is signed within a second of growth.
constexpr std::int64_t kNextCheckpointMs = 1000;

Json frame_json(const Message& message) {
  Json json = Json::object();
  json.set("frame", to_base64(encode_message(message)));
  return json;
}

Result<std::uint64_t> count_at(const Json& request, std::string_view key) {
  ASSIGN_OR_RETURN(std::int64_t value, request.integer_at(key));
  if (value >= 0) return static_cast<std::uint64_t>(value);
  return Error(Code::kInvalid, fmt::format("\"{}\" is below zero", key));
}

}  // namespace

Result<Json> IngestDesk::handle(const Json& request) const {
  ASSIGN_OR_RETURN(std::string op, request.string_at("op"));
  if (op == "ingest.batch") return take_batch(request);
  if (op == "ingest.proofs") return prove(request);
  return Error(Code::kUnsupported, fmt::format("this plumbd knows no operation \"{}\"", op));
}

Result<Json> IngestDesk::take_batch(const Json& request) const {
  RETURN_IF_ERROR(only_keys(request, {"sealed"}));
  ASSIGN_OR_RETURN(std::string text, request.string_at("sealed"));
  ASSIGN_OR_RETURN(Bytes sealed, from_base64(text));
  return frame_json(take_in(writer_, sealed, report_));
}

Result<Json> IngestDesk::prove(const Json& request) const {
  RETURN_IF_ERROR(only_keys(request, {"stream", "held", "first", "count"}));
  ASSIGN_OR_RETURN(std::string hex, request.string_at("stream"));
  ASSIGN_OR_RETURN(Bytes bytes, from_hex(hex));
  ASSIGN_OR_RETURN(StreamId stream, StreamId::from(bytes, "stream"));
  ASSIGN_OR_RETURN(std::uint64_t held, count_at(request, "held"));
  ASSIGN_OR_RETURN(std::uint64_t first, count_at(request, "first"));
  ASSIGN_OR_RETURN(std::uint64_t count, count_at(request, "count"));
  if (count > limits::kMaxProvedBatches) {
    return Error(Code::kInvalid, fmt::format("\"count\" is {}, at most {} are allowed", count,
                                             limits::kMaxProvedBatches));
  }
  Result<Proofs> proofs =
      prove_(stream, {LedgerSize(held), BatchNumber(first), static_cast<std::uint32_t>(count)});
  if (proofs.ok()) return frame_json(*std::move(proofs));
  if (proofs.error().code() != Code::kUnavailable) return proofs.error();
  return frame_json(Refused{BatchNumber(0), std::string(code_name(Code::kUnavailable)),
                            proofs.error().text(), kNextCheckpointMs});
}

}  // namespace plumbline
