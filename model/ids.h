// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_IDS_H_
#define PLUMBLINE_MODEL_IDS_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/result.h"

namespace plumbline {

// A number with a meaning of its own: a Sequence cannot be given where a BatchNumber is wanted.
template <typename Tag>
struct Number {
  std::uint64_t value = 0;
  constexpr Number() = default;
  constexpr explicit Number(std::uint64_t v) : value(v) {}
  constexpr Number next() const { return Number(value + 1); }
  auto operator<=>(const Number&) const = default;
};

using Sequence = Number<struct SequenceTag>;        // of an event in its stream, from 1
using BatchNumber = Number<struct BatchNumberTag>;  // of a batch in its stream, from 1; 0 = none
using LedgerIndex = Number<struct LedgerIndexTag>;  // of an entry, from 0 (genesis)
using LedgerSize = Number<struct LedgerSizeTag>;    // count of entries of a prefix

// [a-z0-9][a-z0-9._-]{0,63}. Only `parse` makes one that is not empty.
class OutletId {
 public:
  OutletId() = default;
  static Result<OutletId> parse(std::string_view text);
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const OutletId&) const = default;

 private:
  std::string text_;
};

// A stream is one key's events about one outlet. Its id follows from the two, so that nobody
// hands ids out and none can be taken: the first 16 bytes of
// SHA-256("plumbline/stream/v1\0" ‖ public key ‖ outlet id).
using StreamId = FixedBytes<struct StreamIdTag, 16>;
StreamId stream_id(const PublicKey& key, const OutletId& outlet);

// Where a stream stood when another one of the same outlet took over from it.
struct StreamLink {
  StreamId stream;
  BatchNumber last;  // the last batch that is known; 0 = none
  Hash last_hash;    // zero when there is none
  bool operator==(const StreamLink&) const = default;
};

// What kind of source a stream is; a criterion may demand one.
enum class SourceKind : std::uint8_t { kAgent = 1, kRatingPage = 2, kInspector = 3, kFeed = 4 };
std::string_view source_kind_name(SourceKind kind);  // "agent", "rating_page", ...
Result<SourceKind> parse_source_kind(std::string_view text);

}  // namespace plumbline

template <typename Tag, std::size_t kSize>
struct std::hash<plumbline::FixedBytes<Tag, kSize>> {
  std::size_t operator()(const plumbline::FixedBytes<Tag, kSize>& bytes) const noexcept {
    return std::hash<std::string_view>{}(bytes.view());
  }
};

template <>
struct std::hash<plumbline::OutletId> {
  std::size_t operator()(const plumbline::OutletId& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};

#endif  // PLUMBLINE_MODEL_IDS_H_
