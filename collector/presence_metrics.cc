// SPDX-License-Identifier: Apache-2.0
#include "collector/presence_metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <utility>

namespace plumbline {
namespace {

constexpr double kMsPerSecond = 1000;

}  // namespace

PresenceMetrics::Series::Series(prometheus::Registry& registry, const char* name, const char* help)
    : family_(prometheus::BuildGauge().Name(name).Help(help).Register(registry)) {}

void PresenceMetrics::Series::set(const std::string& outlet, double value) {
  auto known = shown_.extract(outlet);
  prometheus::Gauge* gauge = known.empty() ? &family_.Add({{"outlet", outlet}}) : known.mapped();
  gauge->Set(value);
  kept_.emplace(outlet, gauge);
}

void PresenceMetrics::Series::sweep() {
  for (const auto& [outlet, gauge] : shown_) family_.Remove(gauge);
  shown_ = std::exchange(kept_, {});
}

PresenceMetrics::PresenceMetrics(prometheus::Registry& registry)
    : heard_(registry, "plumbline_collector_outlet_heard_timestamp_seconds",
             "The newest sign of life of an outlet: a frame, or a batch in the ledger."),
      connected_(registry, "plumbline_collector_outlet_connected",
                 "1 while an agent of the outlet is connected."),
      missing_(registry, "plumbline_collector_outlet_missing_events",
               "Events that the outlet's agents hold and the ledger lacks."),
      ahead_(registry, "plumbline_collector_outlet_clock_ahead_seconds",
             "How far the outlet's clock is ahead of the server's, at least.") {}

void PresenceMetrics::show(const std::vector<OutletPresence>& outlets) {
  for (const OutletPresence& presence : outlets) {
    const std::string& outlet = presence.outlet.text();
    if (presence.state == PresenceState::kNoAgent) continue;
    if (auto last = presence.last_sign()) {
      heard_.set(outlet, static_cast<double>(last->ms) / kMsPerSecond);
    }
    bool connected =
        presence.state != PresenceState::kSilent && presence.state != PresenceState::kNeverReported;
    connected_.set(outlet, connected ? 1 : 0);
    // What a session has not told since the server's start is not known to be nothing.
    if (presence.heard) missing_.set(outlet, static_cast<double>(presence.missing));
    if (presence.ahead) ahead_.set(outlet, static_cast<double>(presence.ahead->ms) / kMsPerSecond);
  }
  for (Series* series : {&heard_, &connected_, &missing_, &ahead_}) series->sweep();
}

}  // namespace plumbline
