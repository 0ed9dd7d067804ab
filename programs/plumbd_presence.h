// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_PRESENCE_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_PRESENCE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/json.h"
#include "base/mutex.h"
#include "base/result.h"
#include "collector/presence_book.h"
#include "model/presence.h"
#include "registry/office.h"
#include "store/store.h"

namespace plumbline {

// Brings together what sessions told the presence book, what the office enrolled and where the
// ledger stands. Safe from any thread.
class PresenceDesk {
 public:
  using OpenReader = std::function<Result<std::unique_ptr<LedgerReader>>()>;

  // What it is made of must outlive the desk. `clock` is the ledger's.
  PresenceDesk(const PresenceBook& book, const Office& office, LedgerWriter& writer,
               OpenReader open, const Clock& clock);

  // In the order of the outlets, which must be there.
  Result<std::vector<OutletPresence>> of(const std::vector<OutletId>& outlets);

  // The operation "outlet.status" of the local socket:
  //   {outlet}  -> {now, started, outlets: [the one]}
  //   {after}   -> {now, started, outlets: [at most kPage behind that id], more}
  // Each as presence_json(), with name_zh and name_en.
  Result<Json> handle(const Json& request);
  // 1,000 outlets of two streams are 1.3 MB of the local socket's 8 MB.
  static constexpr std::size_t kPage = 1000;

 private:
  struct Newest {
    StreamId stream;
    Instant recorded;
  };
  Result<OutletPresence> look(const OutletId& outlet, const RegistryView& view, Instant now);
  Result<std::optional<Newest>> newest(const OutletId& outlet) EXCLUDES(mutex_);
  Result<std::optional<Newest>> read_newest(const OutletId& outlet) REQUIRES(mutex_);

  const PresenceBook& book_;
  const Office& office_;
  LedgerWriter& writer_;
  const OpenReader open_;
  const Clock& clock_;
  const Instant started_;
  Mutex mutex_;
  std::unique_ptr<LedgerReader> reader_ GUARDED_BY(mutex_);
  // What the ledger held of outlets that no session has told of.
  std::map<OutletId, Newest> newest_ GUARDED_BY(mutex_);
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_PRESENCE_H_
