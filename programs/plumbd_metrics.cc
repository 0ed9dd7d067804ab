// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <string>

namespace plumbline {
namespace {

prometheus::Gauge* gauge(prometheus::Registry& registry, const char* name, const char* help,
                         const prometheus::Labels& labels) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

// What NotReady names.
constexpr std::array<const char*, 3> kParts = {"storage", "checkpoint", "evaluator"};

}  // namespace

ServerMetrics::ServerMetrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      size_(gauge(*registry_, "plumbline_checkpoint_size_entries",
                  "Entries covered by the published checkpoint.", {})),
      refused_(gauge(*registry_, "plumbline_checkpoint_refused",
                     "1 while no checkpoint can be signed.", {})),
      simulated_(gauge(*registry_, "plumbline_ledger_simulated",
                       "1 where the ledger is marked as simulated: nothing in it is real.", {})),
      free_(gauge(*registry_, "plumbline_store_free_bytes",
                  "Room on the disk of the data folder, as the server may use it.", {})),
      ledger(*registry_),
      collector(*registry_),
      presence(*registry_),
      evaluator(*registry_) {
  gauge(*registry_, "plumbline_build_info", "1, with the version as label.",
        {{"version", PLUMBLINE_VERSION}})
      ->Set(1);
  auto& shown =
      prometheus::BuildCounter()
          .Name("plumbline_checkpoint_shown_total")
          .Help("Checkpoints that agents held and showed, by what they say of the ledger.")
          .Register(*registry_);
  for (const char* outcome : {"consistent", "given_up", "suspect", "forged"}) {
    shown_.emplace(outcome, &shown.Add({{"outcome", outcome}}));
  }
  auto& family = prometheus::BuildGauge()
                     .Name("plumbline_ready")
                     .Help("1, or 0 while /readyz names the part as a reason.")
                     .Register(*registry_);
  for (std::size_t i = 0; i < kParts.size(); ++i) ready_[i] = &family.Add({{"part", kParts[i]}});
}

ServerMetrics::~ServerMetrics() = default;

void ServerMetrics::checkpoint(LedgerSize size) {
  size_->Set(static_cast<double>(size.value));
}

void ServerMetrics::checkpoint_refused(bool refused) {
  refused_->Set(refused ? 1 : 0);
}

void ServerMetrics::checkpoint_shown(std::string_view outcome) {
  auto found = shown_.find(outcome);
  CHECK(found != shown_.end(), "every outcome has its series");
  found->second->Increment();
}

void ServerMetrics::ready(const std::vector<NotReady>& reasons) {
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    bool named = std::ranges::any_of(
        reasons, [&](const NotReady& reason) { return reason.part == kParts[i]; });
    ready_[i]->Set(named ? 0 : 1);
  }
}

void ServerMetrics::free_bytes(std::uintmax_t bytes) {
  free_->Set(static_cast<double>(bytes));
}

void ServerMetrics::simulated() {
  simulated_->Set(1);
}

}  // namespace plumbline
