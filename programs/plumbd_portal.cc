// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_portal.h"

#include <fmt/format.h>

#include "base/log.h"
#include "dashboards/portal/sources.h"
#include "ledger/checkpoint.h"
#include "packs/pack_parts.h"
#include "store/sqlite/accounts_db.h"
#include "store/sqlite/results_db.h"

namespace plumbline {
namespace {

std::shared_ptr<const Calendar> calendar_of(const AgentRules& rules) {
  auto file = rules.files.find("calendar.yaml");
  if (file == rules.files.end()) return nullptr;
  Problems problems;
  auto calendar = parse_calendar(file->first, file->second, problems);
  return calendar ? std::make_shared<const Calendar>(std::move(calendar->calendar)) : nullptr;
}

std::vector<std::string> base64_of(const std::vector<Hash>& hashes) {
  std::vector<std::string> out;
  for (const Hash& hash : hashes) out.push_back(to_base64(hash.view()));
  return out;
}

}  // namespace

LocalTime LocalTimes::at(Instant instant) {
  std::shared_ptr<const Calendar> calendar;
  {
    MutexLock lock(mutex_);
    auto rules = office_.agent_rules();
    if (rules != rules_) {
      calendar_ = calendar_of(*rules);
      rules_ = std::move(rules);
    }
    calendar = calendar_;
  }
  const int offset = calendar == nullptr ? 0 : calendar->offset_minutes_at(instant);
  const std::int64_t local = instant.ms + offset * kMsPerMinute;
  std::int64_t days = local / kMsPerDay;
  if (local % kMsPerDay < 0) --days;
  return {date_from_days(days), local - days * kMsPerDay};
}

PortalPart::PortalPart(const Options& options, Parts parts)
    : options_(options), parts_(std::move(parts)), times_(parts_.office) {}

Result<std::unique_ptr<PortalPart>> PortalPart::open(const Options& options, Parts parts) {
  std::unique_ptr<PortalPart> part(new PortalPart(options, std::move(parts)));
  if (!options.demo_accounts) {
    ASSIGN_OR_RETURN(part->accounts_, open_sqlite_accounts(options.layout.accounts()));
    return part;
  }
  if (!part->parts_.office.genesis().simulated) {
    return Error(Code::kDenied,
                 "--demo-accounts lets anyone in, so it is for simulated ledgers "
                 "alone; this ledger is live");
  }
  if (!options.http.is_loopback() || options.exposure != HttpExposure::kLoopback) {
    return Error(Code::kDenied,
                 fmt::format("--demo-accounts lets anyone in, so http must listen on this machine "
                             "only (127.0.0.1 or ::1), not on {}, and not behind a proxy",
                             options.http.text()));
  }
  part->accounts_ = make_memory_accounts();
  log_warning("portal", "accounts for demonstration are open to everyone on this machine");
  return part;
}

void PortalPart::add_ledger_sources(PortalSources& sources) {
  sources.checkpoint = [this]() -> std::optional<PublishedCheckpoint> {
    auto latest = parts_.signer.latest();
    if (!latest) return std::nullopt;
    return PublishedCheckpoint{latest->text, latest->checkpoint.size,
                               to_base64(latest->checkpoint.root.view())};
  };
  const PublicKey key = parts_.office.genesis().checkpoint_key;
  sources.verifier = [this, key] {
    return verifier_key_text(checkpoint_origin(parts_.lineage.ledger_id()), key);
  };
  sources.checkpoints = [this, key] {
    std::vector<KnownCheckpoint> known;
    for (const Lineage::Stretch& one : parts_.lineage.stretches()) {
      const std::string origin = checkpoint_origin(one.ledger_id);
      known.push_back(
          {origin, verifier_key_text(origin, key), one.from, one.lost_checkpoint, true});
    }
    auto latest = parts_.signer.latest();
    known.back().text = latest ? latest->text : "";
    known.back().given_up = false;
    return known;
  };
  sources.inclusion = [this](LedgerIndex index,
                             std::optional<LedgerSize> size) -> Result<InclusionAnswer> {
    ProofSource proofs(parts_.signer);
    ASSIGN_OR_RETURN(SignedCheckpoint newest, proofs.newest());
    const LedgerSize of = size.value_or(newest.checkpoint.size);
    ASSIGN_OR_RETURN(InclusionProof proof, proofs.inclusion(newest.checkpoint, index, of));
    return InclusionAnswer{index, of, to_base64(proof.leaf.view()), to_base64(proof.root.view()),
                           base64_of(proof.path)};
  };
  sources.consistency = [this](LedgerSize first,
                               std::optional<LedgerSize> second) -> Result<ConsistencyAnswer> {
    ProofSource proofs(parts_.signer);
    ASSIGN_OR_RETURN(SignedCheckpoint newest, proofs.newest());
    const LedgerSize to = second.value_or(newest.checkpoint.size);
    ASSIGN_OR_RETURN(ConsistencyProof proof, proofs.consistency(newest.checkpoint, first, to));
    return ConsistencyAnswer{first, to, to_base64(proof.first_root.view()),
                             to_base64(proof.second_root.view()), base64_of(proof.path)};
  };
}

Result<HttpHandler> PortalPart::handler() {
  PortalSources sources;
  sources.not_ready = parts_.not_ready;
  add_ledger_sources(sources);
  // Sessions end by the machine's time, whatever the time of a simulated ledger is.
  sources.clock = &system_clock();
  sources.registry = [this] { return parts_.office.view(); };
  sources.open_results = [path = options_.layout.results()] {
    return open_sqlite_results_reader(path);
  };
  sources.evaluator = parts_.evaluator;
  sources.ledger_size = [this] { return parts_.feed.size(); };
  sources.late = parts_.late;
  sources.presence = [this](const std::vector<OutletId>& outlets) {
    return parts_.presence.of(outlets);
  };
  sources.doubts = [this](const std::vector<OutletId>& outlets) {
    return parts_.doubts.of(outlets, StreamDoubts::kReadForPage);
  };
  sources.local = [this](Instant at) { return times_.at(at); };
  sources.accounts = accounts_.get();
  sources.demo_accounts = options_.demo_accounts;
  sources.behind_tls = options_.exposure == HttpExposure::kBehindProxy;
  sources.web_folder = options_.web_folder;
  return portal_handler(std::move(sources));
}

}  // namespace plumbline
