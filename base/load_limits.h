// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_LOAD_LIMITS_H_
#define PLUMBLINE_BASE_LOAD_LIMITS_H_

#include <cstddef>

// What agents may ask of a collector, each limit with its arithmetic; continues base/limits.h.
namespace plumbline::limits {

// Of one network address. A county, or a city of 1,000 outlets, may stand behind one translated
// address, and agents of both generations of a restart overlap: 2 × 1,000. Five addresses are
// needed to take every session.
constexpr std::size_t kMaxSessionsPerAddress = 2'000;
// Between TCP's accept and a verified hello. A handshake costs about 1 ms and 60 KB: 2,048 are two
// seconds of one core and 120 MB. 10,000 agents that come back within 30 s at 1 ms each hold a
// handful of these places. An address that wants one takes it from the one that holds most.
constexpr std::size_t kMaxUnauthenticated = 2'048;
// Of one address: a quarter, so that one cannot hold up the others.
constexpr std::size_t kMaxUnauthenticatedPerAddress = 512;
// A stream is written by one agent. A second session lets it come back over a new connection while
// the server has not yet noticed that the old one is dead; the newest ones win.
constexpr std::size_t kMaxSessionsPerStream = 2;
// The first frame is a hello or an enrolment of about 300 bytes: 2,048 unauthenticated peers can
// have at most 16 MiB kept.
constexpr std::size_t kMaxFirstFrameBytes = 8 << 10;
// Bytes of unfinished frames in all: 10,000 agents that each have 20 KB under way are 200 MB.
constexpr std::size_t kMaxReceivingBytes = 512u << 20;
// A frame under way gets this many bytes in each ListenerConfig::progress (30 s), or is given up:
// 136 bytes a second are below the slowest mobile line, and the largest frame may last two hours.
constexpr std::size_t kMinProgressBytes = 4 << 10;
// Of limits::kMaxQueuedAdmitBytes a sixteenth is kept for batches of at most this size: 4,096
// outlets with 4 KiB each still get in while others fill the queue.
constexpr std::size_t kSmallBatchBytes = 4 << 10;
// What the fair queue hands to the writer before it has answered: the group that is committed and
// the next one. A batch of a live outlet waits behind no more: 8 MiB are 80 ms at 100 MB/s.
constexpr std::size_t kMaxWriterBytes = 8u << 20;
// A stream that has more waiting than its turn sends this much a turn: 200 backlogged streams make
// a round of 3.2 MB, 32 ms at 100 MB/s. A day's report of a live outlet is under it.
constexpr std::size_t kTurnBytes = 16 << 10;

}  // namespace plumbline::limits

#endif  // PLUMBLINE_BASE_LOAD_LIMITS_H_
