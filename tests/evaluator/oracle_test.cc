// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "evaluator/rebuild.h"
#include "tests/evaluator/oracle_model.h"
#include "tests/support/evaluator/small_ledger.h"

// Method. A seed makes a ledger: four outlets, five streams whose batches interleave at random,
// subjects and times from small sets, so that duplicates, repeated steps, closings before openings,
// dues that equal closings, events ahead of as-of, events that come late or that their outlet's
// clock says were sealed long after, and month borders are common; one event in four corrects or
// voids an earlier one of its stream, often one that is amended already, that is no event, or that
// as-of has not reached; some events fit no pack, an outlet is added in the middle, and in some
// ledgers the rules are activated again. Then the ledger is folded in random pieces, with as-of
// advancing in between, the fold being dropped and begun anew at random. At random points the rows
// published so far must equal, byte for byte, a rebuild from the first entry, in order and outlet
// by outlet, and every figure of the rebuild must equal the reference's.
namespace plumbline {
namespace {

using testing::SmallLedger;

constexpr std::int64_t kQuarterDay = kMsPerDay / 4;

const testing::Replace kLimits = {
    "pack.yaml", "max_future: 60d\n",
    "max_future: 60d\n"
    "late_after: {limit: 20d, basis: chosen for the test, basis_kind: proposal}\n"
    "back_dated_after: {limit: 30d, basis: chosen for the test, basis_kind: proposal}\n"};

const testing::Replace kTop = {
    "standards/service.yaml", "min: 90,",
    "min: 90, requires: [{block: speed, at_least: 66, basis: For the tests., basis_kind: proposal},"
    " {block: backlog, at_least: 20, basis: For the tests., basis_kind: proposal}],"};
const testing::Replace kGood = {
    "standards/service.yaml", "min: 60,",
    "min: 60, requires: {block: backlog, at_least: 15, basis: For the tests., basis_kind: "
    "proposal},"};

const testing::Replace kOver = {
    "standards/service.yaml", "blocks:\n",
    "  acts: {title: {zh: 甲, en: A}, levels: [network, city, outlet], sum: [opened, people]}\n"
    "  fee_per_act: {title: {zh: 乙, en: B}, levels: [network, outlet],"
    " ratio: {of: fees, over: acts}, unit: {id: none, decimals: 4}}\n"
    "  notes_per_opened: {title: {zh: 丙, en: C}, levels: [network, outlet],"
    " ratio: {of: notes, over: opened}, min_sample: 2}\n"
    "caps:\n"
    "  - {id: notes, title: {zh: 丁, en: D}, grade: low, indicator: notes_per_opened, above: 0.4,"
    " basis: For the tests., basis_kind: proposal}\n"
    "blocks:\n"};

class RandomLedger {
 public:
  explicit RandomLedger(std::uint64_t seed) : random_(seed) {
    add_outlet("a", "c1");
    add_outlet("b", "c1");
    add_outlet("c", "c2");
    ledger.activate(testing::small_pack({kLimits, kTop, kGood, kOver}), true);
    for (const char* outlet : {"a", "a", "b", "c"}) enroll(outlet);
    ledger.now = testing::at("2015-01-20T07:00:00Z");
    int batches = 25 + static_cast<int>(below(20));
    for (int i = 0; i < batches; ++i) {
      ledger.now = ledger.now + Duration{static_cast<std::int64_t>(below(12)) * kQuarterDay};
      if (i == batches / 2) late_arrivals(seed);
      add_batch();
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  SmallLedger ledger;
  std::vector<oracle::Reported> reported;
  std::vector<std::pair<std::size_t, oracle::Place>> places;  // with the entry that adds it

 private:
  struct Stream {
    std::string outlet;
    bool live = false;
    std::vector<std::size_t> told;  // places in `reported` of what it said, in its own order
  };

  void add_outlet(const std::string& id, const std::string& city) {
    places.push_back({ledger.length().value, {id, city}});
    ledger.add_outlet(id, city);
  }
  void enroll(const std::string& outlet) {
    bool live = streams_.size() % 3 != 1;
    if (live) {
      ledger.enroll_live(outlet);
    } else {
      ledger.enroll(outlet);
    }
    streams_.push_back({outlet, live, {}});
  }
  void late_arrivals(std::uint64_t seed) {
    add_outlet("d", "");
    enroll("d");
    if (seed % 3 != 0) return;
    ledger.activate(
        testing::small_pack(
            {{"pack.yaml", "version: \"1\"", "version: \"2\""}, kLimits, kTop, kGood, kOver}),
        true);
  }

  // Multiples of a quarter of a day, now and then a millisecond behind.
  Instant some_time(std::int64_t from_quarters, std::int64_t quarters) {
    std::int64_t base = ledger.now.ms / kQuarterDay * kQuarterDay + 5 * kMsPerHour;
    std::int64_t shift =
        from_quarters + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(quarters)));
    return {base + shift * kQuarterDay + (below(4) == 0 ? 1 : 0)};
  }

  oracle::Reported some_event(const Stream& stream) {
    oracle::Reported event;
    event.outlet = stream.outlet;
    event.live = stream.live;
    event.recorded = ledger.now.ms;
    event.sealed = (ledger.now + ledger.agents_ahead).ms;
    event.entry = ledger.length().value;
    std::uint64_t kind = below(20);
    event.what = kind < 9 ? "opened" : kind < 16 ? "closed" : kind < 18 ? "visit" : "bad";
    event.subject = "s" + std::to_string(below(9));
    event.time = some_time(-160, 240).ms;
    if (event.time > (ledger.now + Duration{60 * kMsPerDay}).ms) event.what = "bad";
    if (event.what == "visit") {
      event.numbers["people"] = static_cast<long long>(below(40)) - 5;
      return event;
    }
    if (below(3) > 0) event.numbers["due"] = some_time(-160, 260).ms;
    if (below(3) == 0) event.numbers["fee"] = static_cast<long long>(below(9'000'000)) - 1'000'000;
    if (event.what == "closed" || below(4) == 0) {
      event.numbers["items"] = static_cast<long long>(below(7));
    }
    const char* channels[] = {"phone", "web", "app"};
    if (below(2) == 0) event.words["channel"] = channels[below(3)];
    if (event.what == "opened" && below(2) == 0) {
      event.words["district"] = below(2) == 0 ? "north" : "south";
    }
    if (below(3) == 0) event.words["note"] = below(2) == 0 ? "urgent" : "again";
    return event;
  }

  static std::vector<Field> fields_of(const oracle::Reported& from) {
    std::vector<Field> fields;
    const std::map<std::string, Kind> kinds = {{"due", Kind::kInstant},
                                               {"fee", Kind::kDecimal},
                                               {"items", Kind::kCount},
                                               {"people", Kind::kInteger}};
    for (const auto& [name, number] : from.numbers) {
      fields.push_back(testing::number_field(name, kinds.at(name), number));
    }
    for (const auto& [name, text] : from.words) {
      fields.push_back(
          testing::text_field(name, name == "note" ? Kind::kString : Kind::kEnum, text));
    }
    std::sort(fields.begin(), fields.end(),
              [](const Field& a, const Field& b) { return a.name < b.name; });
    return fields;
  }

  Event wire_event(const oracle::Reported& from) {
    Event event;
    event.type = from.what == "visit" ? "visit" : "request." + from.what;
    bool bad_by_time = from.time > (ledger.now + Duration{60 * kMsPerDay}).ms;
    if (from.what == "bad") event.type = bad_by_time ? "request.opened" : "request.lost";
    event.subject = from.subject;
    event.time = {from.time};
    event.fields = fields_of(from);
    return event;
  }

  // A correction or a void of something that the stream said before: an event, a remark, or what
  // fits no pack. Only one that means an event counts.
  oracle::Reported some_remark(const Stream& stream, std::size_t target) {
    const oracle::Reported& meant = reported[target];
    oracle::Reported remark;
    remark.outlet = stream.outlet;
    remark.live = stream.live;
    remark.entry = ledger.length().value;
    remark.subject = meant.subject;
    remark.said_of = target;
    remark.time = some_time(-100, 130).ms;
    remark.what = below(2) == 0 ? "void" : "correct";
    bool is_request = meant.what == "opened" || meant.what == "closed";
    if (!is_request && meant.what != "visit") {
      remark.what = "bad";
    } else if (remark.what == "correct") {
      if (meant.what == "visit") remark.numbers["people"] = static_cast<long long>(below(40));
      if (is_request) remark.numbers["due"] = some_time(-160, 260).ms;
      if (is_request && below(2) == 0) remark.numbers["items"] = static_cast<long long>(below(7));
      if (is_request && below(2) == 0) remark.words["note"] = below(2) == 0 ? "urgent" : "mended";
    }
    return remark;
  }

  Event wire_remark(const oracle::Reported& from, std::size_t stream) {
    const oracle::Reported& meant = reported[from.said_of];
    Amendment amendment;
    amendment.voids = from.what == "void";
    amendment.of = meant.what == "visit" ? "visit" : "request." + meant.what;
    if (from.what == "bad") amendment.of = "visit";
    amendment.subject = from.subject;
    amendment.stream = ledger.stream_id_of(stream);
    const std::vector<std::size_t>& told = streams_[stream].told;
    auto place = std::find(told.begin(), told.end(), from.said_of) - told.begin();
    amendment.target = Sequence(static_cast<std::uint64_t>(place) + 1);
    amendment.reason = "by mistake";
    // A void that means a remark or a misfit, and so no event.
    amendment.voids = amendment.voids || from.what == "bad";
    amendment.fields = fields_of(from);
    return amendment_event(amendment, {from.time});
  }

  void add_batch() {
    std::size_t stream = below(streams_.size());
    std::vector<std::size_t>& told = streams_[stream].told;
    // An outlet whose clock is days ahead or behind, or whose batch waited for days.
    ledger.agents_ahead = Duration{(static_cast<std::int64_t>(below(60)) - 40) * kQuarterDay};
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < 1 + below(7); ++i) {
      bool remarks = !told.empty() && below(4) == 0;
      if (remarks) {
        reported.push_back(some_remark(streams_[stream], told[below(told.size())]));
        events.push_back(wire_remark(reported.back(), stream));
      } else {
        reported.push_back(some_event(streams_[stream]));
        events.push_back(wire_event(reported.back()));
      }
      told.push_back(reported.size() - 1);
    }
    ledger.batch(stream, events);
  }

  std::mt19937_64 random_;
  std::vector<Stream> streams_;
};

// What a results store would hold.
class Served {
 public:
  void put(const std::vector<ResultRow>& changed) {
    for (const ResultRow& row : changed) {
      rows_[{row.standard, row.level, row.unit, row.period}] = row;
    }
  }
  void clear() { rows_.clear(); }
  std::vector<ResultRow> rows() const {
    std::vector<ResultRow> all;
    for (const auto& [key, row] : rows_) all.push_back(row);
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  std::map<std::vector<std::string>, ResultRow> rows_;
};

std::string figure_line(const Json& figure) {
  return testing::word(figure, "n") + " " + testing::word(figure, "numerator") + " " +
         testing::word(figure, "value");
}

std::map<std::string, std::map<std::string, std::string>> figures_of(const Json& body) {
  std::map<std::string, std::map<std::string, std::string>> out;
  for (const Json& indicator : body.find("indicators")->as_array()) {
    auto& lines = out[testing::word(indicator, "id")];
    lines[""] = figure_line(indicator);
    for (const Json& by : indicator.find("by")->as_array()) {
      for (const Json& group : by.find("groups")->as_array()) {
        std::string name = testing::word(group, "group");
        if (name == "null") name = "";
        lines[testing::word(by, "field") + "=" + name] = figure_line(group);
      }
    }
  }
  return out;
}

std::string conditions_of(const Json& body) {
  std::string out;
  const Json* conditions = body.find("conditions");
  if (conditions == nullptr) return out;
  for (const Json& one : conditions->as_array()) {
    out += testing::word(one, "grade") + " " + testing::word(one, "block") + " " +
           testing::word(one, "points") + (one.find("holds")->as_bool() ? " true;" : " false;");
  }
  return out;
}

void expect_equal_to_oracle(const RandomLedger& world, std::size_t prefix, Instant as_of,
                            const std::vector<ResultRow>& rows) {
  std::vector<oracle::Place> places;
  for (const auto& [entry, place] : world.places) {
    if (entry < prefix) places.push_back(place);
  }
  auto answers = oracle::answers(world.reported, places, prefix, as_of.ms);
  ASSERT_EQ(rows.size(), answers.size());
  for (const ResultRow& row : rows) {
    SCOPED_TRACE(row.level + " " + row.unit + " " + row.period + " of " + std::to_string(prefix) +
                 " entries as of " + format_instant(as_of));
    auto found = answers.find({row.level, row.unit, row.period});
    ASSERT_NE(found, answers.end());
    const oracle::Answer& answer = found->second;
    Json body = Json::parse(row.body).value();
    ASSERT_EQ(body.text(), row.body) << "the body is RFC 8785";
    ASSERT_EQ(figures_of(body), answer.figures);
    ASSERT_EQ(testing::word(body, "events"), std::to_string(answer.events));
    ASSERT_EQ(testing::word(*body.find("flags"), "late"), std::to_string(answer.late));
    ASSERT_EQ(testing::word(*body.find("flags"), "back_dated"), std::to_string(answer.back_dated));
    ASSERT_EQ(testing::word(*body.find("set_aside"), "count"), std::to_string(answer.set_aside));
    ASSERT_EQ(testing::word(body, "duplicates"), std::to_string(answer.duplicates));
    const Json* amended = body.find("amended");
    ASSERT_EQ(amended != nullptr, answer.corrected + answer.voided > 0);
    if (amended != nullptr) {
      ASSERT_EQ(testing::word(*amended, "corrected"), std::to_string(answer.corrected));
      ASSERT_EQ(testing::word(*amended, "voided"), std::to_string(answer.voided));
    }
    ASSERT_EQ(testing::word(body, "verdict"), answer.verdict);
    ASSERT_EQ(testing::word(body, "score"), answer.score);
    ASSERT_EQ(testing::word(body, "grade"), answer.grade);
    ASSERT_EQ(conditions_of(body), answer.conditions);
  }
}

// All but the cost.
std::vector<std::uint64_t> counted(const FoldCounters& counters) {
  return {counters.events,     counters.folded,    counters.pending, counters.set_aside,
          counters.duplicates, counters.corrected, counters.voided,  counters.failed_cases,
          counters.open,       counters.closed,    counters.overdue};
}

class RandomFold {
 public:
  explicit RandomFold(RandomLedger& world) : world_(world) {}

  void run() {
    std::size_t size = world_.ledger.length().value;
    while (engine_.next().value < size) {
      one_step();
      if (::testing::Test::HasFatalFailure()) return;
    }
    advance_to(as_of_ + Duration{90 * kMsPerDay});
    check();
  }

 private:
  void one_step() {
    std::uint64_t kind = world_.below(120);
    if (kind == 0) {
      // The process is killed in the middle of a fold.
      engine_ = Engine();
      known_to_ = LedgerSize();
      served_.clear();
    } else if (kind < 25) {
      advance_to(as_of_ + Duration{static_cast<std::int64_t>(world_.below(9000)) * kMsPerMinute});
    } else if (kind < 33) {
      check();
    } else {
      apply_one();
    }
  }

  void apply_one() {
    const StoredEntry& entry = world_.ledger.entries()[engine_.next().value];
    ASSERT_TRUE(engine_.apply(entry).ok());
    if (world_.below(3) == 0) served_.put(engine_.take_changed());
    if (!engine_.needs_restart()) return;
    known_to_ = LedgerSize(engine_.next().value);
    engine_.restart();
    served_.clear();
  }

  void advance_to(Instant as_of) {
    // The reference's calendar ends with the year 2015.
    as_of_ = std::min(as_of, testing::at("2015-12-20T00:00:00Z"));
    ASSERT_TRUE(engine_.advance(as_of_).ok());
    if (world_.below(2) == 0) served_.put(engine_.take_changed());
  }

  void check() {
    advance_to(as_of_);
    served_.put(engine_.take_changed());
    LedgerSize size(engine_.next().value);
    Rebuilt built = rebuild_in_order(world_.ledger, size, as_of_).value();
    check_by_outlet(size, built);
    // A restarted engine knows rules that stand further on: until it has come back to them, it
    // speaks for no prefix.
    if (size < known_to_) return;
    ASSERT_EQ(served_.rows(), built.rows);
    ASSERT_EQ(engine_.rows(), built.rows);
    if (!built.rows.empty()) {
      expect_equal_to_oracle(world_, size.value, as_of_, built.rows);
    }
  }

  // Outlet by outlet and by column, by one thread and by three.
  void check_by_outlet(LedgerSize size, const Rebuilt& wanted) {
    OpenLedger open = [this]() -> Result<std::unique_ptr<LedgerReader>> {
      return std::unique_ptr<LedgerReader>(std::make_unique<testing::Borrowed>(world_.ledger));
    };
    for (std::size_t threads : {1, 3}) {
      Result<Rebuilt> built = rebuild_by_outlet({open, threads, size, as_of_, {}});
      ASSERT_TRUE(built.ok()) << built.error().text();
      ASSERT_EQ(built->rows, wanted.rows);
      ASSERT_EQ(counted(built->counters), counted(wanted.counters));
      ASSERT_EQ(built->header.rule_hash, wanted.header.rule_hash);
    }
  }

  RandomLedger& world_;
  Engine engine_;
  Served served_;
  LedgerSize known_to_;
  Instant as_of_ = testing::at("2015-01-15T00:00:00Z");
};

class OracleTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(OracleTest, IncrementalRebuiltAndReferenceAgree) {
  RandomLedger world(GetParam());
  RandomFold fold(world);
  fold.run();
}

INSTANTIATE_TEST_SUITE_P(Seeds, OracleTest, ::testing::Range<std::uint64_t>(1, 16));

TEST(Oracle, DividesByHand) {
  EXPECT_EQ(oracle::long_division(1, 8, 2), "0.13");
  EXPECT_EQ(oracle::long_division(-1, 8, 2), "-0.13");
  EXPECT_EQ(oracle::long_division(999, 1000, 2), "1.00");
  EXPECT_EQ(oracle::long_division(-1, 1000, 2), "0.00");
  EXPECT_EQ(oracle::long_division(7, 2, 0), "4");
}

}  // namespace
}  // namespace plumbline
