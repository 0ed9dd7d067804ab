// SPDX-License-Identifier: Apache-2.0
#include "tests/support/portal/scene.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/crypto.h"
#include "store/sqlite/results_db.h"

namespace plumbline::testing {
namespace {

constexpr Instant kAsOf{1'793'404'860'000};  // 2026-10-31T00:01:00Z

std::string city_of(const std::string& county) {
  return county.substr(0, 4) + "00";
}

Fact fact(std::string kind, std::string id, std::map<std::string, std::string> attributes) {
  return {std::move(kind), std::move(id), Date{2020, 1, 1}, std::nullopt, std::move(attributes)};
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  CHECK(file.good(), "a test's file is there: " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string data_file(const std::string& name) {
  return std::string(PLUMBLINE_SOURCE_DIR) + "/tests/portal/data/" + name;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string minified(const std::string& text) {
  return Json::parse(text).value().text();
}

}  // namespace

class PortalScene::View : public EvaluatorView {
 public:
  explicit View(PortalScene& scene) : scene_(scene) {}
  std::shared_ptr<const Json> rules() override { return scene_.rules; }
  Result<Json> cases(const CaseQuery& query, LedgerSize, Instant) override {
    const std::string id = query.outlet.text();
    const std::string canary = outlet_canary(id.substr(1, 6), id.back() - '0') + "-case";
    if (query.criterion == "unknown") return Error(Code::kNotFound, "there is no such criterion");
    if (query.state == "nonsense") return Error(Code::kInvalid, "\"nonsense\" is no state");
    Json cases = Json::array();
    if (query.subject.empty() || query.subject == canary) {
      Json one = Json::parse(read_text(data_file("case.json"))).value();
      cases.push(one.set("subject", canary));
    }
    Json json = Json::object();
    json.set("total", std::uint64_t{cases.as_array().size()}).set("offset", query.offset);
    json.set("flagged", std::uint64_t{1});
    json.set("limit", query.limit).set("types", Json::array()).set("cases", std::move(cases));
    return json;
  }

  Result<Json> explanation(const ResultKey& key, std::uint64_t, ResultMoment) override {
    const std::string id = key.outlet.text();
    Json json = Json::parse(read_text(data_file("explanation.json"))).value();
    const std::string canary = outlet_canary(id.substr(1, 6), id.back() - '0');
    json.set("unit", id);
    return json.set("unit_title", Json::object().set("zh", canary).set("en", canary));
  }

  Result<std::string> result_body(const ResultKey&, LedgerSize, Instant) override {
    return Error(Code::kNotFound, "the scene has no results of its own");
  }

 private:
  PortalScene& scene_;
};

PortalScene::PortalScene(const Setup& setup) : view_(std::make_unique<View>(*this)) {
  rules = std::make_shared<const Json>(Json::parse(read_text(data_file("rules.json"))).value());
  make_registry(setup.simulated);
  add_streams();
  accounts_ = make_memory_accounts();
  writer_ = open_sqlite_results(folder_.path("results.db")).value();
  publish(100);
  PortalSources sources;
  sources.not_ready = [this] { return reasons; };
  sources.checkpoint = [this] { return checkpoint; };
  sources.checkpoints = [this] {
    KnownCheckpoint known{"plumbline/1", "plumbline/1+2+3", LedgerIndex(0), "", false};
    if (checkpoint.has_value()) known.text = checkpoint->text;
    return std::vector<KnownCheckpoint>{known};
  };
  sources.inclusion = [this](LedgerIndex index, auto size) -> Result<InclusionAnswer> {
    if (!checkpoint.has_value()) return Error(Code::kUnavailable, "no checkpoint is signed");
    const LedgerSize of = size.value_or(checkpoint->size);
    if (of > checkpoint->size || index.value >= of.value) {
      return Error(Code::kInvalid, "beyond the newest checkpoint");
    }
    return InclusionAnswer{index, of, "leaf", "root", {"left", "right"}};
  };
  sources.consistency = [this](LedgerSize first, auto second) -> Result<ConsistencyAnswer> {
    if (!checkpoint.has_value()) return Error(Code::kUnavailable, "no checkpoint is signed");
    const LedgerSize to = second.value_or(checkpoint->size);
    if (to > checkpoint->size || first > to) {
      return Error(Code::kInvalid, "beyond the newest checkpoint");
    }
    return ConsistencyAnswer{first, to, "first root", "second root", {"left"}};
  };
  sources.clock = &clock;
  sources.registry = [this] { return registry; };
  sources.open_results = [this]() -> Result<std::unique_ptr<ResultsStore>> {
    if (busy > 0) {
      --busy;
      return Error(Code::kUnavailable, "the database is locked");
    }
    return open_sqlite_results_reader(folder_.path("results.db"));
  };
  sources.evaluator = view_.get();
  sources.ledger_size = [this] { return ledger_size; };
  sources.late = [this] { return late; };
  sources.local = [](Instant at) {
    const std::int64_t ms = at.ms + 8 * kMsPerHour;
    return LocalTime{date_from_days(ms / kMsPerDay), ms % kMsPerDay};
  };
  sources.verifier = [] { return std::string("plumbline/1+2+3"); };
  sources.presence = [this](const std::vector<OutletId>& outlets) { return presence_of(outlets); };
  sources.doubts = [this](const std::vector<OutletId>& outlets) { return doubts_of(outlets); };
  sources.accounts = accounts_.get();
  sources.demo_accounts = setup.demo_accounts;
  sources.web_folder = setup.web_folder;
  server_ = HttpServer::bind({"127.0.0.1", 0}, HttpExposure::kLoopback, "http").value();
  server_->answer_with(portal_handler(std::move(sources)).value());
  server_->start();
  client_ = std::make_unique<httplib::Client>("127.0.0.1", server_->address().port);
  client_->set_keep_alive(true);
  client_->set_url_encode(false);
}

PortalScene::~PortalScene() {
  client_.reset();
  server_->stop();
}

// The first outlet of each county is connected and holds events, the others are silent.
Result<std::vector<OutletPresence>> PortalScene::presence_of(const std::vector<OutletId>& outlets) {
  std::vector<OutletPresence> found;
  for (const OutletId& outlet : outlets) {
    StreamPresence stream;
    stream.outlet = outlet;
    stream.next = Sequence(41);
    stream.recorded = clock.wall() - Duration{3 * kMsPerDay + 5};
    stream.connected = outlet.text().ends_with("-1");
    if (stream.connected) {
      stream.heard = clock.wall();
      stream.software = outlet_canary(outlet.text().substr(1, 6), 1);
      stream.accepted = Sequence(52);
      stream.missing = MissingEvents{Sequence(41), Sequence(52), clock.wall()};
      stream.ahead = Duration{-90'500};
    }
    found.push_back(outlet_presence(outlet, {stream}, clock.wall()));
  }
  return found;
}

StreamId PortalScene::stream_of(const std::string& outlet, int number) {
  const Hash hash = sha256(fmt::format("stream {} of {}", number, outlet));
  return StreamId::from(hash.view().substr(0, 16), "a stream").value();
}

std::vector<OutletDoubts> PortalScene::doubts_of(const std::vector<OutletId>& outlets) const {
  std::vector<OutletDoubts> found;
  for (const OutletId& outlet : outlets) {
    OutletDoubts doubts;
    doubts.complete = all_looked_at;
    if (outlet.text().ends_with("-1")) {
      doubts.streams[stream_of(outlet.text(), 4)] = {StreamDoubt::Kind::kMachineReturned,
                                                     BatchNumber(7), 2};
    }
    found.push_back(std::move(doubts));
  }
  return found;
}

void PortalScene::add_streams() {
  const Instant enrolled{kAsOf.ms - 30 * kMsPerDay};
  for (const std::string& county : counties()) {
    for (int number : {1, 2}) {
      const std::string id = outlet_id(county, number);
      auto& streams = registry->streams[OutletId::parse(id).value()];
      for (int i = 1; i <= (number == 1 ? 4 : 1); ++i) {
        RegistryView::Stream stream;
        stream.stream = stream_of(id, i);
        stream.opened_at = enrolled + Duration{i * kMsPerDay};
        streams.push_back(std::move(stream));
      }
      if (number == 2) continue;
      streams[0].conflicts = {enrolled + Duration{5 * kMsPerDay},
                              enrolled + Duration{6 * kMsPerDay}};
      streams[1].closed_at = enrolled + Duration{7 * kMsPerDay};
      streams[1].successor = stream_of(id, 1);
      streams[2].closed_at = enrolled + Duration{8 * kMsPerDay};
    }
  }
}

const std::vector<std::string>& PortalScene::counties() {
  static const std::vector<std::string> kCounties = {"320102", "320104", "320205", "320206"};
  return kCounties;
}

std::string PortalScene::outlet_id(const std::string& county, int number) {
  return fmt::format("o{}-{}", county, number);
}

std::string PortalScene::outlet_canary(const std::string& county, int number) {
  return fmt::format("canary{}x{}", county, number);
}

std::string PortalScene::county_canary(const std::string& county) {
  return fmt::format("canary{}county", county);
}

std::string PortalScene::city_canary(const std::string& city) {
  return fmt::format("canary{}city", city);
}

std::vector<std::string> PortalScene::all_canaries() {
  return canaries_of({ScopeLevel::kNetwork, "ALL"});
}

std::vector<std::string> PortalScene::canaries_of(const Scope& scope) {
  std::vector<std::string> seen;
  for (const char* city : {"320100", "320200"}) {
    const bool whole = scope.level == ScopeLevel::kNetwork;
    if (whole || scope == Scope{ScopeLevel::kCity, city}) seen.push_back(city_canary(city));
  }
  for (const std::string& county : counties()) {
    const bool above = scope.level == ScopeLevel::kNetwork ||
                       scope == Scope{ScopeLevel::kCity, city_of(county)} ||
                       scope == Scope{ScopeLevel::kCounty, county};
    if (above) seen.push_back(county_canary(county));
    for (int number : {1, 2}) {
      if (above || scope == Scope{ScopeLevel::kOutlet, outlet_id(county, number)}) {
        seen.push_back(outlet_canary(county, number));
      }
    }
  }
  return seen;
}

void PortalScene::make_registry(bool simulated) {
  registry = std::make_shared<RegistryView>();
  registry->genesis.ledger_id = "00112233445566778899aabbccddeeff";
  registry->genesis.network = "测试网络";
  registry->genesis.simulated = simulated;
  if (simulated) registry->genesis.simulated_until = kAsOf;
  registry->activations.push_back({LedgerIndex(1), "test", "1", sha256("rules")});
  std::uint64_t index = 10;
  auto add = [&](const Fact& one) {
    registry->facts.add(LedgerIndex(index++), Instant{kAsOf.ms - kMsPerDay}, one);
  };
  add(fact(
      "document", "d1",
      {{"number", "苏知发〔2020〕157号"}, {"date", "2020-12-22"}, {"issuer", "省知识产权局"}}));
  for (const char* city : {"320100", "320200"}) {
    add(fact("division", city, {{"name_zh", fmt::format("市{}", city)}, {"level", "city"}}));
    add(fact("institution", city_canary(city),
             {{"name_zh", city_canary(city)}, {"level", "city"}, {"place", city}}));
  }
  int x = 0;
  for (const std::string& county : counties()) {
    add(fact("division", county,
             {{"name_zh", fmt::format("县{}", county)},
              {"level", "county"},
              {"parent", city_of(county)},
              {"tile", fmt::format("{},2", x++)}}));
    if (county != "320104") {
      add(fact("institution", county_canary(county),
               {{"name_zh", "机构" + county_canary(county)},
                {"level", "county"},
                {"place", county},
                {"document", "d1"},
                {"confirmed", "2021-05-06"}}));
    }
    for (int number : {1, 2}) {
      const std::string id = outlet_id(county, number);
      const std::string canary = outlet_canary(county, number);
      const OutletId outlet = OutletId::parse(id).value();
      registry->outlets[outlet] = {
          outlet, canary, "网点" + canary, canary, {{"city", city_of(county)}, {"county", county}}};
      add(fact("status", canary + "-status",
               {{"holder", id}, {"status", "provincial_outlet"}, {"document", "d1"}}));
      add(fact("product", canary + "-product",
               {{"name_zh", "产品" + canary}, {"owner", id}, {"review", "accepted"}}));
      add(fact("finding", canary + "-finding",
               {{"outlet", id}, {"code", "fabricated_events"}, {"document", "d1"}}));
    }
  }
}

std::vector<ResultRow> PortalScene::rows() const {
  std::string outlet_body = read_text(data_file("outlet.json"));
  for (const auto& [from, to] : outlet_changes) outlet_body = replaced(outlet_body, from, to);
  const std::string network = read_text(data_file("target.json"));
  const std::string unit = read_text(data_file("target_unit.json"));
  std::vector<ResultRow> rows = more_rows;
  for (const char* statement : {"final", "running"}) {
    rows.push_back({"target.t1", "network", "ALL", statement,
                    minified(replaced(network, "STATEMENT", statement))});
    for (const std::string& county : counties()) {
      std::string body = replaced(unit, "STATEMENT", statement);
      const bool covered = county != "320104";
      body = replaced(body, "\"COVERED\"", covered ? "true" : "false");
      body = replaced(body, "VERDICT", covered ? "met" : "not_met");
      body = replaced(body, "INSTITUTION", county_canary(county));
      rows.push_back(
          {"target.t1", "county", county, statement, minified(replaced(body, "COUNTY", county))});
    }
  }
  for (const std::string& county : counties()) {
    for (int number : {1, 2}) {
      std::string body = replaced(outlet_body, "CANARY", outlet_canary(county, number));
      for (const char* period : {"2025", "2026", "2026-10"}) {
        rows.push_back({"service", "outlet", outlet_id(county, number), period,
                        minified(replaced(body, "PERIOD", period))});
      }
    }
  }
  return rows;
}

void PortalScene::publish(std::uint64_t size) {
  const ResultsHeader header{LedgerSize(size), kAsOf, "test", sha256("rules").hex()};
  CHECK(writer_->publish(header, rows(), {}).ok(), "the scene's results are published");
}

std::string PortalScene::sign_in(const std::string& account) {
  const Account found = accounts_->find(account).value().value();
  const Hash secret = sha256(fmt::format("token {}", ++tokens_));
  const Instant now = clock.wall();
  AccountSession session{sha256(secret.view()), account, now, now + Duration{12 * kMsPerHour},
                         found.revision};
  CHECK(accounts_->open_session(session).ok(), "a session opens");
  return "plumbline_session=" + secret.hex();
}

std::string PortalScene::cookie_of(Role role, const std::string& unit) {
  Account account;
  account.name = fmt::format("{}-{}", role_name(role), ++tokens_);
  account.display_zh = "账号";
  account.role = role;
  account.scope = {scope_level_of(role), unit};
  CHECK(accounts_->add(account, {clock.wall(), "test", "test"}).ok(), "an account is added");
  return sign_in(account.name);
}

std::string PortalScene::Answer::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

PortalScene::Answer PortalScene::get(const std::string& path, const std::string& cookie) {
  return send("GET", path, cookie, "", false);
}

PortalScene::Answer PortalScene::send(const std::string& method, const std::string& path,
                                      const std::string& cookie, const std::string& body,
                                      bool with_header) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  if (!cookie.empty()) request.set_header("Cookie", cookie);
  if (with_header) request.set_header("X-Plumbline", "1");
  auto result = client_->send(request);
  CHECK(result, "the portal answers " + path);
  return {result->status, result->body, result->headers};
}

}  // namespace plumbline::testing
