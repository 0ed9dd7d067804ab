// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/log.h"
#include "dashboards/portal/metrics_listener.h"
#include "programs/plumbd_clock.h"
#include "store/checked_reader.h"
#include "store/sqlite/batch_places_db.h"
#include "store/sqlite/ledger_db.h"
#include "store/sqlite/results_db.h"

namespace plumbline {
namespace {

// Sessions that do not end in this time are closed by force.
constexpr Duration kDrain{10'000};
// How long a closing waits for the evaluator: it is a second behind at most, unless it has stopped.
constexpr std::chrono::milliseconds kCloseWait{5'000};
// An evaluator that has not been up to date for this long is told by /readyz; under load it is
// behind for a moment again and again.
constexpr std::int64_t kLateMs = 10'000;
// How often the metrics of outlets are renewed: below Prometheus's 15 s.
constexpr std::int64_t kPresenceMs = 10'000;

// The results are a projection: what cannot be used is made again from the ledger.
Result<std::unique_ptr<ResultsStore>> open_results(const std::string& path) {
  auto results = open_sqlite_results(path);
  if (results.ok()) return results;
  Code code = results.error().code();
  if (code != Code::kCorrupt && code != Code::kUnsupported) return results;
  log_warning("results", "making the results again from the ledger: " + results.error().text());
  RETURN_IF_ERROR(remove_sqlite_results(path));
  return open_sqlite_results(path);
}

Json or_null(const std::optional<std::string>& text) {
  return text.has_value() ? Json(*text) : Json(nullptr);
}

Json evaluator_json(const FollowerStatus& status, std::size_t outlets) {
  Json json = Json::object();
  json.set("size", status.evaluated.value).set("caught_up", status.caught_up);
  json.set("as_of", status.as_of ? Json(format_instant(*status.as_of)) : Json(nullptr));
  json.set("events", status.counters.events).set("folded", status.counters.folded);
  json.set("pending", status.counters.pending).set("set_aside", status.counters.set_aside);
  json.set("duplicates", status.counters.duplicates);
  json.set("failed_cases", status.counters.failed_cases);
  json.set("cases_open", status.counters.open).set("cases_closed", status.counters.closed);
  json.set("outlets", std::uint64_t{outlets}).set("outlets_scored", status.outlets_scored);
  json.set("evaluate_ms", status.evaluate_ms).set("failure", or_null(status.failure));
  return json;
}

Json checkpoint_json(const CheckpointSigner& signer) {
  auto latest = signer.latest();
  Status status = signer.status();
  Json json = Json::object();
  json.set("size", latest ? latest->checkpoint.size.value : std::uint64_t{0});
  json.set("root", latest ? Json(to_base64(latest->checkpoint.root.view())) : Json(nullptr));
  json.set("failure", status.ok() ? Json(nullptr) : Json(status.error().text()));
  return json;
}

}  // namespace

PlumbdServer::PlumbdServer(const Options& options, const Clock& clock, SimulatedClock* simulated)
    : options_(options), clock_(simulated != nullptr ? *simulated : clock), simulated_(simulated) {
  MutexLock lock(mutex_);
  caught_up_ms_ = clock_.monotonic_ms();
}

PlumbdServer::~PlumbdServer() {
  stop();
}

Result<std::unique_ptr<PlumbdServer>> PlumbdServer::start(const Options& options,
                                                          const Clock& clock,
                                                          SimulatedClock* simulated) {
  if (!std::filesystem::exists(options.layout.ledger())) {
    return Error(Code::kNotFound,
                 fmt::format("there is no ledger in {}; make one with: plumbd init --data {} "
                             "--network NAME",
                             options.layout.folder, options.layout.folder));
  }
  std::unique_ptr<PlumbdServer> server(new PlumbdServer(options, clock, simulated));
  // Addresses first: a port that is taken is told before anything else has happened.
  RETURN_IF_ERROR(server->bind_listeners());
  RETURN_IF_ERROR(server->open_ledger());
  RETURN_IF_ERROR(server->open_office());
  RETURN_IF_ERROR(server->open_evaluator());
  RETURN_IF_ERROR(server->open_portal());
  RETURN_IF_ERROR(server->start_parts());
  RETURN_IF_ERROR(server->tell_addresses());
  server->told_addresses_ = true;
  return server;
}

Status PlumbdServer::bind_listeners() {
  const DataLayout& layout = options_.layout;
  ASSIGN_OR_RETURN(identity_, load_tls_identity(layout.tls_certificate(), layout.tls_key()));
  ListenerConfig config = options_.collector;
  config.address = options_.agents;
  ASSIGN_OR_RETURN(collector_,
                   CollectorListener::bind(config, identity_, metrics_.collector, clock_));
  ASSIGN_OR_RETURN(portal_, HttpServer::bind(options_.http, options_.exposure, "http"));
  ASSIGN_OR_RETURN(metrics_listener_,
                   bind_metrics(options_.metrics, options_.exposure, metrics_.registry()));
  return {};
}

Status PlumbdServer::open_ledger() {
  auto writer = open_sqlite_writer(options_.layout.ledger(), clock_, &feed_, &metrics_.ledger);
  if (!writer.ok() && writer.error().code() == Code::kConflict) {
    return Error(Code::kConflict, fmt::format("another plumbd runs on {}", options_.layout.folder),
                 writer.error());
  }
  if (!writer.ok()) return writer.error();
  writer_ = std::move(writer).value();
  // What a plumbd that was killed has left says nothing any more.
  std::error_code ignored;
  std::filesystem::remove(options_.layout.addresses(), ignored);
  return {};
}

Status PlumbdServer::open_office() {
  const DataLayout& layout = options_.layout;
  ASSIGN_OR_RETURN(PrivateKey office_key, PrivateKey::read_file(layout.office_key()));
  ASSIGN_OR_RETURN(PrivateKey checkpoint_key, PrivateKey::read_file(layout.checkpoint_key()));
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(layout.ledger()));
  ASSIGN_OR_RETURN(office_, Office::open(*reader, *writer_, std::move(office_key), clock_));
  const Genesis genesis = office_->genesis();
  if (genesis.simulated) metrics_.simulated();
  if (genesis.checkpoint_key != checkpoint_key.public_key()) {
    return Error(Code::kDenied, fmt::format("{} is not the checkpoint key that the ledger's "
                                            "genesis names",
                                            layout.checkpoint_key()));
  }
  ASSIGN_OR_RETURN(lineage_, Lineage::open(*office_, std::move(reader)));
  ASSIGN_OR_RETURN(signer_reader_, open_sqlite_reader(layout.ledger()));
  ASSIGN_OR_RETURN(signer_, CheckpointSigner::open(*signer_reader_, std::move(checkpoint_key),
                                                   lineage_->names(), layout.folder));
  proofs_ = std::make_unique<ProofDesk>(
      *signer_, [path = layout.ledger()] { return open_sqlite_batch_places(path); });
  ingest_ = std::make_unique<IngestDesk>(
      *writer_,
      [this](const StreamId& stream, const ProofRequest& request) {
        return proofs_->prove(stream, request);
      },
      [this](const StreamConflict& conflict) { report_conflict(conflict); });
  checkpointer_ =
      std::make_unique<Checkpointer>(*signer_, feed_, [this] { after_checkpoint_round(); });
  desk_ =
      std::make_unique<ControlDesk>(*office_, clock_, identity_.pin, [this] { return status(); });
  desk_->let_advance(simulated_);
  doubts_ =
      std::make_unique<StreamDoubts>([path = layout.ledger()] { return open_sqlite_reader(path); });
  desk_->let_manage_keys(writer_.get(), doubts_.get(),
                         [this](const StreamId& stream) { collector_->end_sessions(stream); });
  presence_ = std::make_unique<PresenceDesk>(
      presence_book_, *office_, *writer_,
      [path = layout.ledger()] { return open_sqlite_reader(path); }, clock_);
  return {};
}

Status PlumbdServer::open_evaluator() {
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(options_.layout.ledger()));
  ASSIGN_OR_RETURN(auto results, open_results(options_.layout.results()));
  follower_ = std::make_unique<Follower>(make_checked_reader(std::move(reader)), std::move(results),
                                         feed_, clock_, &metrics_.evaluator);
  view_ = make_ledger_view([path = options_.layout.ledger()] { return open_sqlite_reader(path); });
  periods_ = std::make_unique<PeriodDesk>(
      *office_, [path = options_.layout.results()] { return open_sqlite_results_reader(path); },
      [this]() -> Status {
        LedgerSize size = feed_.size();
        if (follower_->wait_evaluated(size, kCloseWait)) return {};
        return Error(Code::kUnavailable,
                     fmt::format("the evaluation stands at entry {} of {}: try again later",
                                 follower_->status().evaluated.value, size.value));
      });
  return {};
}

Status PlumbdServer::open_portal() {
  PortalPart::Options options;
  options.layout = options_.layout;
  options.http = options_.http;
  options.exposure = options_.exposure;
  options.web_folder = options_.web_folder;
  options.demo_accounts = options_.demo_accounts;
  ASSIGN_OR_RETURN(
      portal_part_,
      PortalPart::open(options, {*office_, *signer_, *lineage_, feed_, view_.get(),
                                 [this] { return not_ready(); },
                                 [this] { return evaluator_is_late(); }, *presence_, *doubts_}));
  ASSIGN_OR_RETURN(HttpHandler handler, portal_part_->handler());
  portal_->answer_with(std::move(handler));
  return {};
}

Status PlumbdServer::start_parts() {
  ASSIGN_OR_RETURN(control_,
                   ControlListener::start(options_.layout.control(),
                                          [this](const Json& request, const std::string& actor) {
                                            return control(request, actor);
                                          }));
  checkpointer_->start();
  follower_->start();
  portal_->start();
  metrics_listener_->start();
  CollectorBackend backend;
  backend.writer = writer_.get();
  backend.enroll = [this](const EnrollRequest& request) { return enroll(request); };
  backend.offer = [this] { return offer(); };
  backend.rotate = [this](const StreamLink& old, const RotateRequest& request,
                          const std::string& software) { return rotate(old, request, software); };
  backend.report_conflict = [this](const StreamConflict& conflict) { report_conflict(conflict); };
  backend.position = [this] { return evaluator_position(); };
  backend.restore = [this](const StreamId& stream, const Bytes& record) {
    return restore_stream(stream, record);
  };
  backend.prove = [this](const StreamId& stream, const ProofRequest& request) {
    return proofs_->prove(stream, request);
  };
  backend.show = [this](const std::string& note) { show_checkpoint(note); };
  backend.presence = &presence_book_;
  collector_->start(std::move(backend));
  log_info("plumbd",
           fmt::format("agents on {}, http on {}, metrics on {}", collector_->address().text(),
                       portal_->address().text(), metrics_listener_->address().text()));
  return {};
}

Status PlumbdServer::tell_addresses() const {
  Json json = Json::object();
  json.set("agents", collector_->address().text()).set("http", portal_->address().text());
  json.set("metrics", metrics_listener_->address().text());
  json.set("pid", std::int64_t{::getpid()});
  return replace_file_durably(options_.layout.addresses(), json.text() + "\n", FileMode::kReadable);
}

// Who brings something in ends before who keeps it, and the store last. Whoever watches from
// outside can see /readyz and /metrics until nothing moves any more.
void PlumbdServer::stop() {
  if (told_addresses_) {
    std::error_code ignored;  // a file that is left names a process that is gone
    std::filesystem::remove(options_.layout.addresses(), ignored);
    told_addresses_ = false;
  }
  if (collector_) collector_->stop_accepting();
  if (collector_) collector_->drain(kDrain);
  control_.reset();
  // Nothing grows any more: whoever waits for growth need not.
  feed_.close();
  if (follower_) follower_->request_stop();
  if (follower_) follower_->join();
  if (checkpointer_) checkpointer_->stop();
  if (portal_) portal_->stop();
  if (metrics_listener_) metrics_listener_->stop();
  collector_.reset();
  follower_.reset();
  checkpointer_.reset();
  proofs_.reset();
  presence_.reset();
  doubts_.reset();
  signer_.reset();
  lineage_.reset();
  signer_reader_.reset();
  // The last connection: it leaves one file behind, without a write-ahead log.
  writer_.reset();
}

Result<Enrolled> PlumbdServer::enroll(const EnrollRequest& request) {
  ASSIGN_OR_RETURN(KeyEnrolled made, office_->enroll(request.token_secret, request.key,
                                                     request.software, request.previous));
  ASSIGN_OR_RETURN(OutletAdded outlet, office_->outlet(made.outlet));
  const Genesis genesis = office_->genesis();
  Enrolled enrolled;
  enrolled.ledger_id = lineage_->ledger_id();
  enrolled.checkpoint_key = genesis.checkpoint_key;
  enrolled.office_key = genesis.office_key;
  enrolled.outlet = made.outlet;
  enrolled.outlet_code = outlet.code;
  enrolled.source_kind = made.source_kind;
  enrolled.historical = made.historical;
  enrolled.files = offer().files;
  ASSIGN_OR_RETURN(enrolled.record, record_of(made.stream));
  log_info("collector", fmt::format("a key is enrolled for outlet {}", made.outlet.text()));
  return enrolled;
}

// What the agent keeps for a server that was restored from a copy older than its enrolment.
Result<Bytes> PlumbdServer::record_of(const StreamId& stream) const {
  ASSIGN_OR_RETURN(LedgerIndex index, office_->opened_at(stream));
  return lineage_->record_at(index);
}

Status PlumbdServer::restore_stream(const StreamId& stream, const Bytes& record) {
  Result<KeyEnrolled> made = office_->restore_stream(record, stream);
  if (!made.ok()) {
    log_warning("collector", fmt::format("the stream {} is not entered again: {}", stream.hex(),
                                         made.error().text()));
    return made.error();
  }
  log_warning("collector",
              fmt::format("the stream {} of outlet {} is entered again: its agent showed the "
                          "office's record, which this ledger had lost",
                          stream.hex(), made->outlet.text()));
  return {};
}

Result<Rotated> PlumbdServer::rotate(const StreamLink& old, const RotateRequest& request,
                                     const std::string& software) {
  ASSIGN_OR_RETURN(KeyEnrolled made, office_->rotate(old, request.key, request.consent, software));
  log_info("collector", fmt::format("a new key took over for outlet {}", made.outlet.text()));
  ASSIGN_OR_RETURN(Bytes record, record_of(made.stream));
  return Rotated{made.stream, std::move(record)};
}

void PlumbdServer::report_conflict(const StreamConflict& conflict) {
  auto reported = office_->report_conflict(conflict);
  if (!reported.ok()) {
    log_error("collector",
              fmt::format("the conflict at batch {} of stream {} is not on record: {}",
                          conflict.number.value, conflict.stream.hex(), reported.error().text()));
  }
}

SessionOffer PlumbdServer::offer() const {
  auto rules = office_->agent_rules();
  SessionOffer offer{lineage_->ledger_id(), rules->events_hash, {}, lineage_->successions()};
  for (const auto& [path, bytes] : rules->files) offer.files.push_back({path, bytes});
  return offer;
}

// Where the evaluation has stopped, reports are taken in all the same: they are safe in the ledger,
// and /readyz tells that scores stand still.
std::optional<EvaluatorPosition> PlumbdServer::evaluator_position() const {
  const FollowerStatus status = follower_->status();
  if (status.failure.has_value()) return std::nullopt;
  return EvaluatorPosition{feed_.size(), status.evaluated};
}

// A forged one is nobody's fault that could be told: it is counted, and the session goes on.
void PlumbdServer::show_checkpoint(const std::string& note) {
  metrics_.checkpoint_shown(shown_name(signer_->show(note)));
}

void PlumbdServer::after_checkpoint_round() {
  std::error_code unknown;
  const auto space = std::filesystem::space(options_.layout.folder, unknown);
  if (!unknown) metrics_.free_bytes(space.available);
  if (auto latest = signer_->latest()) metrics_.checkpoint(latest->checkpoint.size);
  metrics_.checkpoint_refused(!signer_->status().ok());
  metrics_.ready(not_ready());
  show_presence();
}

// What cannot be read now is shown the next time; the figures of the last time stay.
void PlumbdServer::show_presence() {
  const std::int64_t now = clock_.monotonic_ms();
  if (presence_shown_ms_ && now - *presence_shown_ms_ < kPresenceMs) return;
  presence_shown_ms_ = now;
  std::vector<OutletId> outlets;
  for (const auto& [id, outlet] : office_->view()->outlets) outlets.push_back(id);
  if (auto found = presence_->of(outlets); found.ok()) metrics_.presence.show(*found);
}

// Called at least once a second, so that the time of the last catching up is known.
bool PlumbdServer::evaluator_is_late() {
  const FollowerStatus status = follower_->status();
  const std::int64_t now = clock_.monotonic_ms();
  MutexLock lock(mutex_);
  if (status.evaluated >= feed_.size()) caught_up_ms_ = now;
  return now - caught_up_ms_ > kLateMs;
}

std::vector<NotReady> PlumbdServer::not_ready() {
  std::vector<NotReady> reasons;
  if (auto failure = writer_->failure()) {
    reasons.push_back({"storage", "the ledger cannot be written: " + failure->text()});
  }
  if (Status signer = signer_->status(); !signer.ok()) {
    reasons.push_back({"checkpoint", "no checkpoint can be signed: " + signer.error().text()});
  }
  const FollowerStatus evaluator = follower_->status();
  if (evaluator.failure.has_value()) {
    reasons.push_back({"evaluator", "the evaluation has stopped: " + *evaluator.failure});
  } else if (evaluator_is_late()) {
    reasons.push_back({"evaluator", fmt::format("the evaluation stands at entry {} of {}",
                                                evaluator.evaluated.value, feed_.size().value)});
  }
  return reasons;
}

Result<Json> PlumbdServer::control(const Json& request, const std::string& actor) {
  ASSIGN_OR_RETURN(std::string op, request.string_at("op"));
  if (op.starts_with("account.")) return portal_part_->account(request, actor);
  if (op == "ledger.continue") return lineage_->continue_ledger(*signer_, request, actor);
  if (IngestDesk::answers(op)) return ingest_->handle(request);
  if (PeriodDesk::answers(op)) return periods_->handle(request, actor);
  if (op == "outlet.status") return presence_->handle(request);
  return desk_->handle(request, actor);
}

Json PlumbdServer::status() {
  const Genesis genesis = office_->genesis();
  auto failure = writer_->failure();
  Json ledger = Json::object();
  ledger.set("id", lineage_->ledger_id()).set("network", genesis.network);
  ledger.set("size", feed_.size().value);
  ledger.set("failure", failure ? Json(failure->text()) : Json(nullptr));
  Json addresses = Json::object();
  addresses.set("agents", collector_->address().text()).set("http", portal_->address().text());
  addresses.set("metrics", metrics_listener_->address().text());
  Json json = Json::object();
  json.set("ledger", std::move(ledger)).set("addresses", std::move(addresses));
  json.set("evaluator", evaluator_json(follower_->status(), office_->outlets().size()));
  json.set("checkpoint", checkpoint_json(*signer_));
  json.set("clock", clock_json(clock_, simulated_));
  return json;
}

}  // namespace plumbline
