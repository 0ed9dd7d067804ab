// SPDX-License-Identifier: Apache-2.0
#include "store/ledger_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <string>

namespace plumbline {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Registry;

// Label values, in the order of Admitted::Outcome.
constexpr std::array<const char*, 7> kOutcomes = {
    "committed", "repeated", "equivocated", "gap", "bad_sequence", "unknown_stream", "revoked"};

Counter* counter(Registry& registry, const char* name, const char* help) {
  return &BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

Gauge* gauge(Registry& registry, const char* name, const char* help) {
  return &BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

LedgerMetrics::LedgerMetrics(Registry& registry)
    : commits_(counter(registry, "plumbline_ledger_commits_total",
                       "Durable commits of the ledger's writer")),
      commit_failures_(counter(registry, "plumbline_ledger_commit_failures_total",
                               "Failed commits; after one the ledger takes nothing until restart")),
      batches_(
          counter(registry, "plumbline_ledger_batches_total", "Batches committed to the ledger")),
      bytes_(counter(registry, "plumbline_ledger_bytes_total",
                     "Bytes of the batches committed to the ledger, head and content")),
      queue_bytes_(gauge(registry, "plumbline_ledger_queue_bytes",
                         "Bytes of batches that wait for the ledger's writer")),
      entries_(gauge(registry, "plumbline_ledger_entries", "Entries of the ledger")) {
  auto& family = BuildCounter()
                     .Name("plumbline_ledger_admissions_total")
                     .Help("Batches asked to be admitted, by what became of them")
                     .Register(registry);
  for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
    answers_[i] = &family.Add({{"outcome", kOutcomes[i]}});
  }
}

void LedgerMetrics::committed(std::size_t batches, std::size_t bytes, LedgerSize size) {
  commits_->Increment();
  batches_->Increment(static_cast<double>(batches));
  bytes_->Increment(static_cast<double>(bytes));
  opened(size);
}

void LedgerMetrics::failed() {
  commit_failures_->Increment();
}

void LedgerMetrics::answered(Admitted::Outcome outcome) {
  answers_.at(static_cast<std::size_t>(outcome))->Increment();
}

void LedgerMetrics::queued(std::size_t bytes) {
  queue_bytes_->Set(static_cast<double>(bytes));
}

void LedgerMetrics::opened(LedgerSize size) {
  entries_->Set(static_cast<double>(size.value));
}

}  // namespace plumbline
