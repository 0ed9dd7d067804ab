// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_presence.h"

#include <algorithm>

#include "ledger/entry.h"
#include "programs/plumbd_request.h"

namespace plumbline {
namespace {

// The newest batch of an outlet is looked for in the last entries first; each further look goes
// eight times as far back.
constexpr std::uint64_t kFirstLook = 4096;
constexpr std::uint64_t kLooksFurther = 8;

Result<LedgerIndex> newest_batch(LedgerReader& reader, const OutletId& outlet, LedgerSize size) {
  for (std::uint64_t back = kFirstLook;; back *= kLooksFurther) {
    LedgerIndex from(size.value - std::min(size.value, back));
    ASSIGN_OR_RETURN(auto found, reader.batches_of(outlet, from, size));
    if (!found.empty()) return found.back();
    if (from == LedgerIndex(0)) return Error(Code::kNotFound, "the outlet has no batch");
  }
}

}  // namespace

PresenceDesk::PresenceDesk(const PresenceBook& book, const Office& office, LedgerWriter& writer,
                           OpenReader open, const Clock& clock)
    : book_(book),
      office_(office),
      writer_(writer),
      open_(std::move(open)),
      clock_(clock),
      started_(clock.wall()) {}

Result<std::optional<PresenceDesk::Newest>> PresenceDesk::newest(const OutletId& outlet) {
  MutexLock lock(mutex_);
  auto known = newest_.find(outlet);
  if (known != newest_.end()) return std::optional(known->second);
  auto read = read_newest(outlet);
  if (!read.ok()) reader_.reset();
  return read;
}

Result<std::optional<PresenceDesk::Newest>> PresenceDesk::read_newest(const OutletId& outlet) {
  if (reader_ == nullptr) {
    ASSIGN_OR_RETURN(reader_, open_());
  }
  ASSIGN_OR_RETURN(LedgerSize size, reader_->size());
  auto index = newest_batch(*reader_, outlet, size);
  if (!index.ok() && index.error().code() == Code::kNotFound) return std::optional<Newest>();
  if (!index.ok()) return index.error();
  ASSIGN_OR_RETURN(StoredEntry stored, reader_->at(*index));
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
  ByteReader payload(entry.payload);
  ASSIGN_OR_RETURN(BatchHead head, decode_head(payload));
  ASSIGN_OR_RETURN(BatchHeader header, decode_header(head.header));
  newest_[outlet] = {header.stream, entry.recorded_at};
  return std::optional(newest_[outlet]);
}

Result<OutletPresence> PresenceDesk::look(const OutletId& outlet, const RegistryView& view,
                                          Instant now) {
  std::vector<StreamPresence> seen;
  auto enrolled = view.streams.find(outlet);
  if (enrolled == view.streams.end()) return outlet_presence(outlet, {}, now);
  for (const RegistryView::Stream& stream : enrolled->second) {
    ASSIGN_OR_RETURN(StreamState state, writer_.stream(stream.stream));
    seen.push_back(book_.of(state, now));
    seen.back().closed = seen.back().closed || stream.closed_at.has_value();
  }
  bool told = std::ranges::any_of(
      seen, [](const StreamPresence& stream) { return stream.recorded.has_value(); });
  bool reported =
      std::ranges::any_of(seen, [](const StreamPresence& stream) { return stream.reported(); });
  if (!told && reported) {
    ASSIGN_OR_RETURN(auto newest_known, newest(outlet));
    for (StreamPresence& stream : seen) {
      if (newest_known && stream.stream == newest_known->stream) {
        stream.recorded = newest_known->recorded;
      }
    }
  }
  return outlet_presence(outlet, std::move(seen), now);
}

Result<std::vector<OutletPresence>> PresenceDesk::of(const std::vector<OutletId>& outlets) {
  auto view = office_.view();
  const Instant now = clock_.wall();
  std::vector<OutletPresence> out;
  for (const OutletId& outlet : outlets) {
    ASSIGN_OR_RETURN(OutletPresence presence, look(outlet, *view, now));
    out.push_back(std::move(presence));
  }
  return out;
}

Result<Json> PresenceDesk::handle(const Json& request) {
  RETURN_IF_ERROR(only_keys(request, {"outlet", "after"}));
  ASSIGN_OR_RETURN(std::string text, text_or_empty(request, "outlet"));
  ASSIGN_OR_RETURN(std::string after, text_or_empty(request, "after"));
  auto view = office_.view();
  std::vector<OutletId> asked;
  if (!text.empty()) {
    ASSIGN_OR_RETURN(OutletId outlet, OutletId::parse(text));
    if (!view->outlets.contains(outlet)) {
      return Error(Code::kNotFound, "there is no outlet \"" + text + "\"");
    }
    asked.push_back(std::move(outlet));
  } else {
    for (const auto& [id, outlet] : view->outlets) {
      if (asked.size() < kPage && (after.empty() || id.text() > after)) asked.push_back(id);
    }
  }
  ASSIGN_OR_RETURN(std::vector<OutletPresence> found, of(asked));
  Json outlets = Json::array();
  for (const OutletPresence& presence : found) {
    const OutletAdded& outlet = view->outlets.at(presence.outlet);
    Json json = presence_json(presence);
    json.set("name_zh", outlet.name_zh).set("name_en", outlet.name_en);
    outlets.push(std::move(json));
  }
  Json json = Json::object();
  json.set("now", format_instant(clock_.wall())).set("started", format_instant(started_));
  json.set("more", text.empty() && found.size() == kPage).set("outlets", std::move(outlets));
  return json;
}

}  // namespace plumbline
