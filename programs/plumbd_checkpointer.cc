// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_checkpointer.h"

#include "base/log.h"

namespace plumbline {
namespace {

// A checkpoint costs two fsyncs; four a second leave the disk to the ledger.
constexpr std::chrono::milliseconds kPause(250);
// How long growth and a stop may stay unseen: together with the pause under a second.
constexpr std::chrono::milliseconds kWait(500);

}  // namespace

Checkpointer::Checkpointer(CheckpointSigner& signer, ChangeFeed& feed,
                           std::function<void()> after_round)
    : signer_(signer), feed_(feed), after_round_(std::move(after_round)) {}

Checkpointer::~Checkpointer() {
  stop();
}

void Checkpointer::start() {
  CHECK(!thread_.joinable(), "a checkpointer starts once");
  thread_ = std::thread([this] { run(); });
}

void Checkpointer::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stopped_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

bool Checkpointer::pause() {
  MutexLock lock(mutex_);
  if (!stopping_) stopped_.wait_for(mutex_, kPause);
  return stopping_;
}

void Checkpointer::run() {
  LedgerSize seen;
  do {
    LedgerSize size = feed_.wait_beyond(seen, kWait);
    round();
    if (last_.ok()) seen = size;
  } while (!pause());
  round();
}

void Checkpointer::round() {
  Status signed_now = signer_.advance();
  if (!signed_now.ok() && last_.ok()) {
    log_error("checkpoint", "no checkpoint can be signed: " + signed_now.error().text());
  } else if (signed_now.ok() && !last_.ok()) {
    log_info("checkpoint", "checkpoints are signed again");
  }
  last_ = std::move(signed_now);
  after_round_();
}

}  // namespace plumbline
