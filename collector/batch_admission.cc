// SPDX-License-Identifier: Apache-2.0
#include "collector/batch_admission.h"

#include <fmt/format.h>

#include <optional>

#include "base/mutex.h"

namespace plumbline {
namespace {

// One batch at a time comes by file, so whoever brings it can be told to come again soon.
constexpr std::int64_t kRetryAfterMs = 500;

Refused refused(BatchNumber number, const Error& error) {
  Refused out{number, std::string(code_name(error.code())), error.text(), std::nullopt};
  bool later = error.code() == Code::kExhausted || error.code() == Code::kUnavailable ||
               error.code() == Code::kIo || error.code() == Code::kInternal;
  if (later) out.retry_after_ms = kRetryAfterMs;
  return out;
}

Result<Admitted> admit_and_wait(LedgerWriter& writer, Admission admission) {
  Mutex mutex;
  CondVar answered;
  std::optional<Result<Admitted>> answer;
  Status queued = writer.admit(std::move(admission), [&](const Result<Admitted>& result) {
    // Notified under the lock: the waiter's frame must not go away in between.
    MutexLock lock(mutex);
    answer = result;
    answered.notify_one();
  });
  if (!queued.ok()) return queued.error();
  MutexLock lock(mutex);
  while (!answer) answered.wait(mutex);
  return *std::move(answer);
}

}  // namespace

Admission admission_of(SealedBatch sealed) {
  Admission admission;
  admission.stream = sealed.header.stream;
  admission.number = sealed.header.number;
  admission.hash = batch_hash(sealed.head.header);
  admission.previous = sealed.header.previous;
  admission.first = sealed.header.first;
  admission.count = sealed.header.count;
  admission.head = encode_head(sealed.head);
  admission.content = std::move(sealed.content);
  return admission;
}

Error refusal_of(Admitted::Outcome outcome, const StreamState& stream, BatchNumber number) {
  switch (outcome) {
    case Admitted::Outcome::kEquivocated:
      return Error(Code::kConflict,
                   fmt::format("batch {} contradicts what the ledger holds of this stream: its "
                               "number is taken by another batch, or its previous hash is not that "
                               "of the batch before it",
                               number.value));
    case Admitted::Outcome::kGap:
      return Error(Code::kNotFound,
                   fmt::format("the batches before batch {} are not in the ledger; send them first",
                               number.value));
    case Admitted::Outcome::kBadSequence:
      return Error(Code::kInvalid,
                   fmt::format("batch {} does not begin with the next sequence of its stream",
                               number.value));
    case Admitted::Outcome::kUnknown:
      return Error(Code::kUnauthenticated,
                   fmt::format("the ledger knows no stream {}", stream.stream.hex()));
    case Admitted::Outcome::kRevoked:
      return Error(Code::kDenied,
                   stream.rotated
                       ? fmt::format("a new key took over from this one of outlet \"{}\"",
                                     stream.outlet.text())
                       : fmt::format("the key of outlet \"{}\" is revoked", stream.outlet.text()));
    case Admitted::Outcome::kCommitted:
    case Admitted::Outcome::kRepeated:
      break;
  }
  CHECK(false, "an acknowledged batch is not refused");
}

Message take_in(LedgerWriter& writer, BytesView bytes,
                const std::function<void(const StreamConflict&)>& report) {
  Result<SealedBatch> sealed = decode_sealed(bytes);
  if (!sealed.ok()) return refused(BatchNumber(0), sealed.error());
  BatchNumber number = sealed->header.number;
  Result<StreamState> stream = writer.stream(sealed->header.stream);
  if (!stream.ok() && stream.error().code() == Code::kNotFound) {
    return refused(number,
                   Error(Code::kUnauthenticated,
                         fmt::format("the ledger knows no stream {} of outlet \"{}\"",
                                     sealed->header.stream.hex(), sealed->header.outlet.text())));
  }
  if (!stream.ok()) return refused(number, stream.error());
  if (Status verified = verify_batch(*sealed, stream->key); !verified.ok()) {
    return refused(number, verified.error());
  }
  Result<Admitted> admitted = admit_and_wait(writer, admission_of(*std::move(sealed)));
  if (!admitted.ok()) return refused(number, admitted.error());
  if (admitted->outcome == Admitted::Outcome::kCommitted ||
      admitted->outcome == Admitted::Outcome::kRepeated) {
    return Ack{number, admitted->index, admitted->recorded_at};
  }
  if (admitted->outcome == Admitted::Outcome::kEquivocated) {
    report({stream->stream, number, admitted->held, admitted->head});
  }
  return refused(number, refusal_of(admitted->outcome, *stream, number));
}

}  // namespace plumbline
