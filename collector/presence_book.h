// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_PRESENCE_BOOK_H_
#define PLUMBLINE_COLLECTOR_PRESENCE_BOOK_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "model/ids.h"
#include "model/presence.h"
#include "store/store.h"

namespace plumbline {

// How far a clock is ahead of ours, from what it shows on arrival. A message that was sent when
// the other clock showed w and arrived when ours showed r was under way for at least nothing, so
// the other clock is ahead by at least w - r; by how much more is the time it was under way. The
// greatest of the last five to ten minutes is the estimate. Pure.
class SkewEstimate {
 public:
  // The other clock was read just before sending.
  void sent(Instant wall, Instant received);
  // It was read some time before, such as when a batch was sealed: it can only tell that the
  // other clock is ahead.
  void sealed(Instant wall, Instant received);
  // nullopt without a sample in the window, and where only sealed batches tell and none of them
  // is ahead.
  std::optional<Duration> ahead(Instant now) const;

 private:
  static constexpr Duration kSpan{5 * kMsPerMinute};
  struct Span {
    Instant from;
    std::optional<std::int64_t> sent_ms, sealed_ms;  // the greatest
  };
  Span& span_at(Instant received);

  Span current_, before_;
};

// What open and past sessions have told of their streams since the server's start: who is
// connected, when it was last heard, and which events it holds that the ledger lacks. Grows with
// the streams that have said hello with their key. Time comes in as an argument. Any thread.
class PresenceBook {
 public:
  // A session's place in the book; its destructor tells that the session has ended. The book must
  // outlive it. Used by one thread at a time.
  class Seat {
   public:
    Seat(PresenceBook& book, const StreamId& stream) : book_(&book), stream_(stream) {}
    Seat(Seat&& other) noexcept
        : book_(std::exchange(other.book_, nullptr)), stream_(other.stream_) {}
    Seat& operator=(Seat&&) = delete;
    ~Seat();

    // A frame has come, whatever it says.
    void heard(Instant now);
    void heartbeat(Sequence last, const std::optional<Instant>& wall, Instant now);
    // A batch whose signature holds has come; its last event has the sequence before `behind`.
    void batch(Sequence behind, Instant sealed, Instant now);
    // The ledger holds all events before `next`.
    void acknowledged(Sequence next, Instant recorded);

   private:
    PresenceBook* book_;
    const StreamId stream_;
  };

  // A session has shown that it speaks for the stream.
  Seat join(const StreamId& stream, std::string software, Instant now);

  // What is known of a stream; `state` is where the ledger stands.
  StreamPresence of(const StreamState& state, Instant now) const;

  // How many marks of growth are kept of a stream. The oldest is exact; where there are more,
  // events that came later count as heard of a little earlier.
  static constexpr std::size_t kMaxMarks = 64;

 private:
  // When the server first heard that the agent has accepted up to a sequence.
  struct Mark {
    Sequence last;
    Instant heard;
  };
  struct Known {
    std::uint32_t sessions = 0;
    Instant heard;
    std::string software;
    std::deque<Mark> marks;  // ascending; of what the ledger may lack
    std::optional<Sequence> accepted;
    std::optional<Instant> recorded;
    SkewEstimate skew;
  };
  static void accept(Known& known, Sequence last, Instant now);

  mutable Mutex mutex_;
  std::map<StreamId, Known> streams_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_PRESENCE_BOOK_H_
