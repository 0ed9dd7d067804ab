// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_portal.h"

#include <fmt/format.h>

#include "base/log.h"
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

Result<HttpHandler> PortalPart::handler() {
  PortalSources sources;
  sources.not_ready = parts_.not_ready;
  sources.checkpoint = [this]() -> std::optional<PublishedCheckpoint> {
    auto latest = parts_.signer.latest();
    if (!latest) return std::nullopt;
    return PublishedCheckpoint{latest->text, latest->checkpoint.size,
                               to_base64(latest->checkpoint.root.view())};
  };
  // Sessions end by the machine's time, whatever the time of a simulated ledger is.
  sources.clock = &system_clock();
  sources.registry = [this] { return parts_.office.view(); };
  sources.open_results = [path = options_.layout.results()] {
    return open_sqlite_results_reader(path);
  };
  sources.evaluator = parts_.evaluator;
  sources.ledger_size = [this] { return parts_.feed.size(); };
  sources.late = parts_.late;
  sources.local = [this](Instant at) { return times_.at(at); };
  const Genesis genesis = parts_.office.genesis();
  sources.verifier =
      verifier_key_text(checkpoint_origin(genesis.ledger_id), genesis.checkpoint_key);
  sources.accounts = accounts_.get();
  sources.demo_accounts = options_.demo_accounts;
  sources.behind_tls = options_.exposure == HttpExposure::kBehindProxy;
  sources.web_folder = options_.web_folder;
  return portal_handler(std::move(sources));
}

}  // namespace plumbline
