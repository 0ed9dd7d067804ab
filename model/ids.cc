// SPDX-License-Identifier: Apache-2.0
#include "model/ids.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"

namespace plumbline {
namespace {

constexpr std::string_view kStreamDomain("plumbline/stream/v1\0", 20);

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

Result<OutletId> OutletId::parse(std::string_view text) {
  bool valid = !text.empty() && text.size() <= limits::kMaxOutletIdChars &&
               is_lower_or_digit(text.front()) &&
               std::all_of(text.begin(), text.end(), [](char c) {
                 return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-';
               });
  if (!valid) {
    return Error(Code::kInvalid,
                 fmt::format("\"{}\" is not an outlet id: 1 to 64 of a-z, 0-9, '.', '_', '-', "
                             "beginning with a letter or digit",
                             text.substr(0, 80)));
  }
  OutletId id;
  id.text_ = std::string(text);
  return id;
}

StreamId stream_id(const PublicKey& key, const OutletId& outlet) {
  Hash hash = sha256({kStreamDomain, key.view(), outlet.text()});
  StreamId id;
  std::copy_n(hash.data.begin(), StreamId::size, id.data.begin());
  return id;
}

std::string_view source_kind_name(SourceKind kind) {
  switch (kind) {
    case SourceKind::kAgent: return "agent";
    case SourceKind::kRatingPage: return "rating_page";
    case SourceKind::kInspector: return "inspector";
    case SourceKind::kFeed: return "feed";
  }
  CHECK(false, "a source kind outside its enumeration");
}

Result<SourceKind> parse_source_kind(std::string_view text) {
  for (SourceKind kind : {SourceKind::kAgent, SourceKind::kRatingPage, SourceKind::kInspector,
                          SourceKind::kFeed}) {
    if (text == source_kind_name(kind)) return kind;
  }
  return Error(Code::kInvalid,
               fmt::format("\"{}\" is not a source kind: agent, rating_page, inspector, feed",
                           text));
}

}  // namespace plumbline
