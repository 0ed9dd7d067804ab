// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace plumbline {
namespace {

prometheus::Gauge* gauge(prometheus::Registry& registry, const char* name, const char* help,
                         const prometheus::Labels& labels) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

}  // namespace

ServerMetrics::ServerMetrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      size_(gauge(*registry_, "plumbline_checkpoint_size_entries",
                  "Entries covered by the published checkpoint.", {})),
      refused_(gauge(*registry_, "plumbline_checkpoint_refused",
                     "1 while no checkpoint can be signed.", {})),
      ledger(*registry_),
      collector(*registry_),
      evaluator(*registry_) {
  gauge(*registry_, "plumbline_build_info", "1, with the version as label.",
        {{"version", PLUMBLINE_VERSION}})
      ->Set(1);
}

ServerMetrics::~ServerMetrics() = default;

void ServerMetrics::checkpoint(LedgerSize size) {
  size_->Set(static_cast<double>(size.value));
}

void ServerMetrics::checkpoint_refused(bool refused) {
  refused_->Set(refused ? 1 : 0);
}

}  // namespace plumbline
