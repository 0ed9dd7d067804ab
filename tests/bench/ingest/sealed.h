// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_BENCH_INGEST_SEALED_H_
#define PLUMBLINE_TESTS_BENCH_INGEST_SEALED_H_

#include <string>
#include <vector>

#include "base/crypto.h"
#include "model/ids.h"
#include "tests/bench/ingest/rows.h"

// Agents without their spools: keys that follow from a number, their enrolment in the ledger of a
// plumbd that is not running, and the frames that they send, sealed before any clock runs.
namespace plumbline::bench {

PrivateKey key_of(std::uint32_t stream);
OutletId outlet_of(std::uint32_t stream);

// Writes outlets, tokens and enrolments of streams 0..streams-1, signed by the office key, into
// the ledger of plumbd's data folder.
Status enroll_streams(const std::string& data, std::uint32_t streams);

// The frames of all streams, as they go over the wire, in one file.
Status seal_frames(const std::string& path, const Amount& amount, SameEvents same);

struct Frames {
  Amount amount;
  Bytes bytes;
  // The frames of stream s are views into `bytes`; frames of a stream lie one behind the other.
  std::vector<std::vector<BytesView>> streams;
};
Result<Frames> load_frames(const std::string& path);

// Counts and hash of the events that the ledger of a data folder holds.
Result<std::string> ledger_json(const std::string& data, std::uint32_t streams);

}  // namespace plumbline::bench

#endif  // PLUMBLINE_TESTS_BENCH_INGEST_SEALED_H_
