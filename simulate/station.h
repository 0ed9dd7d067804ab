// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_SIMULATE_STATION_H_
#define PLUMBLINE_SIMULATE_STATION_H_

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agents/enrolment.h"
#include "agents/inbox.h"
#include "agents/run_lock.h"
#include "agents/sender.h"
#include "agents/spool.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "model/event.h"
#include "packs/pack.h"

namespace plumbline {

// A real agent in this process: a folder with key and spool, and a thread that sends from it over
// TLS as `plumb-agent run` does. The folder is a common one: plumb-agent works on it afterwards.
class Station {
 public:
  // The folder is enrolled. `pack` and `clock` must outlive the station.
  static Result<std::unique_ptr<Station>> open(const std::string& folder, const Pack& pack,
                                               const Clock& clock);
  // Stops.
  ~Station();

  // Begins to send; the folder's lock is held until stop(). `look_every`: see SenderOptions. Once.
  Status start(Duration look_every);
  void stop();

  // Checks the events by the pack and seals them; they are on disk when this returns, and the
  // sender knows. What was handed in before under the same type and subject is left out. One thread
  // at a time.
  Status hand_in(std::vector<Event> events);

  // Until the ledger has acknowledged everything that was handed in. kUnavailable after `patience`;
  // the sender's error where it has ended.
  Status wait_acknowledged(Duration patience);

 private:
  Station(Spool spool, PrivateKey key, std::string folder, const Pack& pack, const Clock& clock);
  void send(Duration look_every);
  void note(BatchNumber number);
  void fail(Error error);

  Spool spool_;  // for handing in; the sender has its own
  const PrivateKey key_;
  const std::string folder_;
  const Pack& pack_;
  const Clock& clock_;
  std::optional<RunLock> run_lock_;
  Inbox inbox_;
  std::thread thread_;

  Mutex mutex_;
  CondVar changed_;
  BatchNumber acknowledged_ GUARDED_BY(mutex_);
  std::optional<Error> failure_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_SIMULATE_STATION_H_
