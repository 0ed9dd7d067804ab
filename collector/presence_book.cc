// SPDX-License-Identifier: Apache-2.0
#include "collector/presence_book.h"

#include <algorithm>
#include <utility>

namespace plumbline {
namespace {

void keep_greatest(std::optional<std::int64_t>& kept, std::int64_t value) {
  kept = kept ? std::max(*kept, value) : value;
}

}  // namespace

SkewEstimate::Span& SkewEstimate::span_at(Instant received) {
  if (received - current_.from >= kSpan) {
    bool adjacent = received - current_.from < Duration{2 * kSpan.ms};
    before_ = adjacent ? current_ : Span();
    current_ = Span{received, std::nullopt, std::nullopt};
  }
  return current_;
}

void SkewEstimate::sent(Instant wall, Instant received) {
  keep_greatest(span_at(received).sent_ms, (wall - received).ms);
}

void SkewEstimate::sealed(Instant wall, Instant received) {
  keep_greatest(span_at(received).sealed_ms, (wall - received).ms);
}

std::optional<Duration> SkewEstimate::ahead(Instant now) const {
  std::optional<std::int64_t> sent, sealed;
  for (const Span* span : {&before_, &current_}) {
    if (now - span->from >= Duration{2 * kSpan.ms}) continue;
    if (span->sent_ms) keep_greatest(sent, *span->sent_ms);
    if (span->sealed_ms) keep_greatest(sealed, *span->sealed_ms);
  }
  if (!sent && (!sealed || *sealed <= 0)) return std::nullopt;
  return Duration{std::max(sent.value_or(*sealed), sealed.value_or(*sent))};
}

PresenceBook::Seat PresenceBook::join(const StreamId& stream, std::string software, Instant now) {
  MutexLock lock(mutex_);
  Known& known = streams_[stream];
  ++known.sessions;
  known.heard = now;
  known.software = std::move(software);
  return Seat(*this, stream);
}

PresenceBook::Seat::~Seat() {
  if (book_ == nullptr) return;
  MutexLock lock(book_->mutex_);
  --book_->streams_[stream_].sessions;
}

void PresenceBook::Seat::heard(Instant now) {
  MutexLock lock(book_->mutex_);
  book_->streams_[stream_].heard = now;
}

void PresenceBook::Seat::heartbeat(Sequence last, const std::optional<Instant>& wall, Instant now) {
  MutexLock lock(book_->mutex_);
  Known& known = book_->streams_[stream_];
  // An agent that says less than before was restored from an older copy.
  if (known.accepted && *known.accepted > last) {
    known.marks.clear();
    known.accepted.reset();
  }
  accept(known, last, now);
  if (wall) known.skew.sent(*wall, now);
}

void PresenceBook::Seat::batch(Sequence behind, Instant sealed, Instant now) {
  MutexLock lock(book_->mutex_);
  Known& known = book_->streams_[stream_];
  accept(known, Sequence(behind.value - 1), now);
  known.skew.sealed(sealed, now);
}

void PresenceBook::Seat::acknowledged(Sequence next, Instant recorded) {
  MutexLock lock(book_->mutex_);
  Known& known = book_->streams_[stream_];
  while (!known.marks.empty() && known.marks.front().last < next) known.marks.pop_front();
  if (!known.recorded || *known.recorded < recorded) known.recorded = recorded;
}

void PresenceBook::accept(Known& known, Sequence last, Instant now) {
  if (known.accepted && *known.accepted >= last) return;
  known.accepted = last;
  if (known.marks.size() == kMaxMarks) {
    known.marks[kMaxMarks - 1].last = last;
    return;
  }
  known.marks.push_back({last, now});
}

StreamPresence PresenceBook::of(const StreamState& state, Instant now) const {
  StreamPresence out;
  out.stream = state.stream;
  out.outlet = state.outlet;
  out.source_kind = state.source_kind;
  out.historical = state.historical;
  out.closed = state.revoked;
  out.next = state.next_sequence;
  MutexLock lock(mutex_);
  auto found = streams_.find(state.stream);
  if (found == streams_.end()) return out;
  const Known& known = found->second;
  out.connected = known.sessions > 0;
  out.heard = known.heard;
  out.software = known.software;
  out.accepted = known.accepted;
  out.recorded = known.recorded;
  out.ahead = known.skew.ahead(now);
  for (const Mark& mark : known.marks) {
    if (mark.last < state.next_sequence) continue;
    out.missing = MissingEvents{state.next_sequence, *known.accepted, mark.heard};
    break;
  }
  return out;
}

}  // namespace plumbline
