// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_INGEST_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_INGEST_H_

#include <functional>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "model/office_record.h"
#include "model/wire/session.h"
#include "store/store.h"

namespace plumbline {

// Requests of the local socket for batches that came as a file (docs/formats/wire.md, "Transport by
// file"). Answers are frames of a session in base64.
//   ingest.batch   {sealed: base64}                  -> {frame: Ack or Refused}
//   ingest.proofs  {stream, held, first, count}      -> {frame: Proofs or Refused}
class IngestDesk {
 public:
  // Proofs of a stream's batches, as a session would get them; kUnavailable while there is no
  // checkpoint to show.
  using Prove = std::function<Result<Proofs>(const StreamId&, const ProofRequest&)>;

  // Puts a batch that contradicts the ledger on record.
  using Report = std::function<void(const StreamConflict&)>;

  // `writer` must outlive the desk.
  IngestDesk(LedgerWriter& writer, Prove prove, Report report)
      : writer_(writer), prove_(std::move(prove)), report_(std::move(report)) {}

  static bool answers(std::string_view op) { return op.starts_with("ingest."); }
  // Any thread; blocks until the batch is durable.
  Result<Json> handle(const Json& request) const;

 private:
  Result<Json> take_batch(const Json& request) const;
  Result<Json> prove(const Json& request) const;

  LedgerWriter& writer_;
  const Prove prove_;
  const Report report_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_INGEST_H_
