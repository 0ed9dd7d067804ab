// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_PRESENCE_METRICS_H_
#define PLUMBLINE_COLLECTOR_PRESENCE_METRICS_H_

#include <map>
#include <string>
#include <vector>

#include "model/presence.h"

namespace prometheus {
template <typename T>
class Family;
class Gauge;
class Registry;
}  // namespace prometheus

namespace plumbline {

// Who is heard, for Prometheus. No series where nothing is known; an outlet that nobody expects to
// hear (no agent) has none. Used by one thread at a time.
//
//   plumbline_collector_outlet_heard_timestamp_seconds{outlet}   the newest sign of life: a frame
//                                         since the server's start, or a batch in the ledger
//   plumbline_collector_outlet_connected{outlet}                 1 or 0
//   plumbline_collector_outlet_missing_events{outlet}            that the agent holds
//   plumbline_collector_outlet_clock_ahead_seconds{outlet}       at least; negative: behind
class PresenceMetrics {
 public:
  // `registry` must outlive the metrics.
  explicit PresenceMetrics(prometheus::Registry& registry);

  // What is not in the list any more loses its series.
  void show(const std::vector<OutletPresence>& outlets);

 private:
  // One family, its series by outlet.
  class Series {
   public:
    Series(prometheus::Registry& registry, const char* name, const char* help);
    void set(const std::string& outlet, double value);
    // Takes away what was not set since the last time.
    void sweep();

   private:
    prometheus::Family<prometheus::Gauge>& family_;
    std::map<std::string, prometheus::Gauge*> shown_, kept_;
  };
  Series heard_, connected_, missing_, ahead_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_PRESENCE_METRICS_H_
