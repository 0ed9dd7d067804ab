// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_CHECKPOINTER_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_CHECKPOINTER_H_

#include <functional>
#include <thread>

#include "base/mutex.h"
#include "evidence/checkpoint_signer.h"
#include "store/change_feed.h"

namespace plumbline {

// A thread that has a checkpoint signed within a second of the ledger's growth. A refusal is
// written to the log once.
class Checkpointer {
 public:
  // Both must outlive this object. `after_round` is called on the thread after every round, at
  // least once a second.
  Checkpointer(CheckpointSigner& signer, ChangeFeed& feed, std::function<void()> after_round);
  // Signs what there is, stops and joins.
  ~Checkpointer();

  void start();
  void stop();

 private:
  void run();
  void round();
  bool pause();  // between two checkpoints; true once stopping

  CheckpointSigner& signer_;
  ChangeFeed& feed_;
  const std::function<void()> after_round_;
  Status last_;  // of the thread only
  Mutex mutex_;
  CondVar stopped_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_CHECKPOINTER_H_
