// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_LIMITS_H_
#define PLUMBLINE_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

// Every limit of the product, each with its arithmetic. A limit that only one part knows stands
// here too, so that the whole budget can be read on one page.
namespace plumbline::limits {

// A batch: at most 4096 events, so that a header's 16-bit reader-side tables stay small and one
// lost acknowledgement repeats at most about 100 KB.
constexpr std::uint32_t kMaxBatchEvents = 4096;
// 4096 events of 40 fields of 64 characters would be 10 MB; real ones are about 20 bytes each.
// 1 MiB holds 4096 events of 256 bytes.
constexpr std::size_t kMaxContentBytes = 1 << 20;
// A header is about 200 bytes; the outlet id (64) is its only part of free length.
constexpr std::size_t kMaxHeaderBytes = 1024;
// A frame: the largest sealed batch (content + header + signature framing), or the pack's files
// sent at enrolment.
constexpr std::size_t kMaxFrameBytes = kMaxContentBytes + 4096;
// Batches that one answer of proofs covers: a path in a tree of a billion entries has 30 hashes, so
// 256 are 250 KB.
constexpr std::size_t kMaxProvedBatches = 256;
// Names and other texts of the registry: 300 characters of at most 4 bytes.
constexpr std::size_t kMaxNameChars = 300;
constexpr std::size_t kMaxNameBytes = 4 * kMaxNameChars;
// Facts of one record: 1000 of 300 bytes are 300 KB. The longest (13 texts of 1200 bytes, each byte
// escaped to two) have 32 KB, so a record is also cut at half of kMaxOfficeRecordBytes.
constexpr std::size_t kMaxRecordFacts = 1000;
// Office records carry every file of a rule set in base64: 4 MiB of files become 5.6 MB.
constexpr std::size_t kMaxOfficeRecordBytes = 8 << 20;
constexpr std::size_t kMaxPackBytes = 4 << 20;
constexpr std::size_t kMaxPackFiles = 256;

// YAML: a standard of 100 criteria is about 60 KB; 1 MiB and 32 levels refuse hostile files
// before they cost a second.
constexpr std::size_t kMaxYamlBytes = 1 << 20;
constexpr int kMaxYamlDepth = 32;
// All errors of a file are reported at once, but not without end.
constexpr std::size_t kMaxReportedErrors = 100;

// Fields and types, from the event description.
constexpr std::size_t kMaxTypes = 256;
constexpr std::size_t kMaxFieldsPerType = 64;
constexpr std::size_t kMaxEnumValues = 64;
constexpr std::size_t kMaxStringChars = 64;
constexpr std::size_t kMaxSubjectBytes = 64;
constexpr std::size_t kMaxOutletIdChars = 64;

// Expressions: 4 KiB of text, 64 levels of nesting.
constexpr std::size_t kMaxExpressionBytes = 4096;
constexpr int kMaxExpressionDepth = 64;
// workday_due() looks at each day: 3,660 work days are about 14 years.
constexpr std::int64_t kMaxWorkdays = 3660;

// Collector: 10,000 agents on one machine at 100 KB each are 1 GB.
constexpr std::size_t kMaxSessions = 10'000;
// What one session may have sent and not yet acknowledged: two of the largest frames.
constexpr std::size_t kMaxSessionBytesInFlight = 2 * kMaxFrameBytes;
// What waits for the ledger's writer from all sessions: 256 MiB is under a tenth of a second of
// disk and a hundredth of memory.
constexpr std::size_t kMaxQueuedAdmitBytes = 256u << 20;
// A commit takes what is queued, but at most this much, so that an acknowledgement waits for at
// most about 20 ms of writing at 400 MB/s.
constexpr std::size_t kMaxCommitBytes = 8u << 20;
constexpr std::size_t kMaxCommitBatches = 4096;

// Readers take the ledger in chunks of this size, so that no read transaction stays open long.
constexpr std::size_t kReadChunkEntries = 1024;
constexpr std::size_t kReadChunkBytes = 4u << 20;

// Evaluator: the newest events set aside that are listed for an outlet, about 200 bytes each; they
// are counted without end. 10,000 outlets that all misbehave keep 2 GB, one keeps 200 KB.
constexpr std::size_t kMaxSetAsideListed = 1000;

// Evaluator, view: outlets that stay folded after somebody looked at their cases, and their events
// in all. An event takes about 1.2 KB (measured, docs/performance.md): 125,000 are 150 MB.
constexpr std::size_t kMaxFoldedOutlets = 32;
constexpr std::size_t kMaxFoldedEvents = 125'000;

// Agent: 256 MiB of spool are 10 million small events, years of one outlet.
constexpr std::size_t kMaxSpoolBytes = 256u << 20;
// A line of CSV or of `emit` input.
constexpr std::size_t kMaxInputLineBytes = 1 << 20;
// A CSV file to import is held in memory, once as it is and once as UTF-8: 256 MiB are over a
// million rows of 200 bytes.
constexpr std::size_t kMaxImportBytes = 256u << 20;

// HTTP listeners on loopback.
constexpr int kHttpThreads = 16;
constexpr std::size_t kMaxHttpBodyBytes = 1 << 20;

}  // namespace plumbline::limits

#endif  // PLUMBLINE_BASE_LIMITS_H_
