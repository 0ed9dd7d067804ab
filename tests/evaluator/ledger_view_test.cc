// SPDX-License-Identifier: Apache-2.0
#include "evaluator/ledger_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "evaluator/rebuild.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::body_of;
using testing::Borrowed;
using testing::closed;
using testing::due_field;
using ::testing::HasSubstr;
using testing::opened;
using testing::small_pack;
using testing::SmallLedger;
using testing::text_field;
using testing::visit;
using testing::word;

class LedgerViewTest : public ::testing::Test {
 protected:
  LedgerViewTest() {
    view_ = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
      return std::unique_ptr<LedgerReader>(std::make_unique<Borrowed>(ledger_));
    });
  }

  void make_world() {
    ledger_.activate(small_pack(), true);
    ledger_.add_outlet("a", "c1");
    ledger_.add_outlet("b", "c2");
    a_ = ledger_.enroll("a");
    b_ = ledger_.enroll("b");
  }

  CaseQuery query(const std::string& outlet) {
    CaseQuery out;
    out.outlet = OutletId::parse(outlet).value();
    return out;
  }
  CaseQuery line(const std::string& criterion, const std::string& period) {
    CaseQuery out = query("a");
    out.standard = "service";
    out.criterion = criterion;
    out.period = period;
    return out;
  }
  Result<Json> ask(const CaseQuery& query, const char* as_of = "2015-03-01T00:00:00Z") {
    return view_->cases(query, ledger_.length(), testing::at(as_of));
  }

  SmallLedger ledger_;
  std::unique_ptr<EvaluatorView> view_;
  std::size_t a_ = 0;
  std::size_t b_ = 0;
};

const Json::Array& list(const Json& json, const char* key) {
  return json.find(key)->as_array();
}

TEST_F(LedgerViewTest, DescribesTheNewestRuleSetInBothLanguages) {
  EXPECT_EQ(view_->rules(), nullptr);
  make_world();
  auto rules = view_->rules();
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(view_->rules(), rules);
  EXPECT_EQ(word(*rules, "pack"), "small");
  const Json& standard = list(*rules, "standards")[0];
  const Json& on_time = list(list(standard, "blocks")[0], "criteria")[0];
  EXPECT_EQ(word(*on_time.find("rule_text"), "zh"),
            "达到 95% 得满分，40% 及以下不得分，其间按比例计分；不足 2 件时数据不足");
  EXPECT_EQ(
      word(*on_time.find("rule_text"), "en"),
      "full points from 95%, none at 40% and below, in proportion between; insufficient data with "
      "fewer than 2 cases");
  const Json& hours = list(list(standard, "blocks")[0], "criteria")[1];
  EXPECT_EQ(
      word(*hours.find("rule_text"), "zh"),
      "不超过 24 小时 得满分；不超过 100 小时 得该项分值的 60%；超过 100 小时 得该项分值的 10%");
  const Json& backlog = list(list(standard, "blocks")[1], "criteria")[0];
  EXPECT_EQ(word(*backlog.find("rule_text"), "en"),
            "full points up to 0%, none at 50% and above, in proportion between");
  EXPECT_EQ(word(*backlog.find("basis"), "kind"), "proposal");
  EXPECT_EQ(word(list(standard, "grades")[0], "min"), "90.00");
  ledger_.activate(small_pack({{"pack.yaml", "version: \"1\"", "version: \"2\""}}), true);
  EXPECT_EQ(word(*view_->rules(), "version"), "2");
}

TEST_F(LedgerViewTest, ListsTheCasesBehindALineWithTheirPlacesInTheLedger) {
  make_world();
  LedgerIndex entry = ledger_.batch(
      a_, {opened("r1", "2015-01-05T10:00:00Z",
                  {due_field("2015-01-06T10:00:00Z"), text_field("channel", Kind::kEnum, "web")}),
           closed("r1", "2015-01-05T12:30:00Z"),
           opened("r2", "2015-01-20T23:00:00Z", {due_field("2015-01-25T00:00:00Z")}),
           opened("r3", "2015-02-02T09:00:00Z"), visit("v1", "2015-01-09T00:00:00Z", 12)});
  ledger_.batch(b_, {opened("secret", "2015-01-05T10:00:00Z")});
  Json answer = ask(line("on_time", "2015-01")).value();
  EXPECT_EQ(word(answer, "total"), "2");
  const Json& late = list(answer, "cases")[0];
  EXPECT_EQ(word(late, "subject"), "r2");
  EXPECT_EQ(word(late, "state"), "open");
  EXPECT_TRUE(late.find("overdue")->as_bool());
  EXPECT_FALSE(late.find("in_numerator")->as_bool());
  EXPECT_EQ(word(*late.find("why"), "zh"), "已计入，不符合：已逾期，尚未办结");
  const Json& good = list(answer, "cases")[1];
  EXPECT_EQ(word(good, "subject"), "r1");
  EXPECT_TRUE(good.find("in_numerator")->as_bool());
  EXPECT_EQ(word(good, "opened_text"), "2015-01-05 05:00");
  const Json& event = list(good, "events")[1];
  EXPECT_EQ(word(event, "entry"), std::to_string(entry.value));
  EXPECT_EQ(word(event, "sequence"), "2");
  EXPECT_EQ(word(*event.find("title"), "zh"), "办结");
  EXPECT_EQ(word(event, "source_kind"), "agent");
  Json against = ask([&] {
                   CaseQuery wanted = line("on_time", "2015-01");
                   wanted.state = "against";
                   return wanted;
                 }())
                     .value();
  EXPECT_EQ(word(against, "total"), "1");
  EXPECT_THAT(answer.text(), ::testing::Not(HasSubstr("secret")));
}

TEST_F(LedgerViewTest, GivesTheValueOfACaseInTheUnitOfItsFigure) {
  make_world();
  ledger_.batch(a_, {opened("r1", "2015-01-05T10:00:00Z"), closed("r1", "2015-01-05T12:30:00Z")});
  Json answer = ask(line("hours", "2015")).value();
  const Json& one = list(answer, "cases")[0];
  EXPECT_EQ(word(one, "value_text"), "2.5 h");
  EXPECT_EQ(word(*one.find("why"), "zh"), "已计入，取值 2.5 h");
  EXPECT_TRUE(one.find("in_numerator")->is_null());
}

TEST_F(LedgerViewTest, ShowsWhatAnOutletReportedByTypeAndPage) {
  make_world();
  std::vector<Event> events;
  for (int i = 0; i < 30; ++i) {
    events.push_back(opened("r" + std::to_string(i), "2015-01-05T10:00:00Z"));
  }
  events.push_back(visit("v1", "2015-01-09T00:00:00Z", 12));
  events.push_back(opened("r1", "2015-01-06T10:00:00Z"));  // a second time
  ledger_.batch(a_, events);
  Json all = ask(query("a")).value();
  EXPECT_EQ(word(all, "total"), "31");
  EXPECT_EQ(list(all, "types").size(), 2u);
  EXPECT_EQ(word(list(all, "cases")[0], "subject"), "v1");
  CaseQuery paged = query("a");
  paged.type = "request";
  paged.offset = 25;
  paged.limit = 10;
  Json page = ask(paged).value();
  EXPECT_EQ(word(page, "total"), "30");
  EXPECT_EQ(list(page, "cases").size(), 5u);
  CaseQuery one = query("a");
  one.type = "request";
  one.subject = "r1";
  Json twice = ask(one).value();
  ASSERT_EQ(list(list(twice, "cases")[0], "events").size(), 2u);
  EXPECT_TRUE(list(list(twice, "cases")[0], "events")[1].find("duplicate")->as_bool());
  paged.offset = 1000;
  EXPECT_TRUE(list(ask(paged).value(), "cases").empty());
}

// Limits of 3 and 10 days; all events reach the ledger on 2015-01-20.
TEST_F(LedgerViewTest, CountsAndListsTheCasesWithAFlaggedEvent) {
  ledger_.activate(small_pack({{"pack.yaml", "max_future: 60d\n",
                                "max_future: 24h\n"
                                "late_after: {limit: 3d, basis: test, basis_kind: proposal}\n"
                                "back_dated_after: {limit: 10d, basis: test, "
                                "basis_kind: proposal}\n"}}),
                   true);
  ledger_.add_outlet("a", "c1");
  const std::size_t live = ledger_.enroll_live("a");
  ledger_.now = testing::at("2015-01-20T10:00:00Z");
  ledger_.batch(
      live, {opened("in time", "2015-01-19T10:00:00Z"), opened("late", "2015-01-15T10:00:00Z"),
             closed("late", "2015-01-19T10:00:00Z"), opened("back-dated", "2015-01-05T10:00:00Z"),
             opened("future", "2015-01-25T10:00:00Z"), visit("v1", "2015-01-14T00:00:00Z", 12)});
  const Json all = ask(query("a")).value();
  EXPECT_EQ(word(all, "total"), "4");
  EXPECT_EQ(word(all, "flagged"), "3");
  CaseQuery flagged = query("a");
  flagged.state = "flagged";
  const Json those = ask(flagged).value();
  EXPECT_EQ(word(those, "total"), "3");
  EXPECT_EQ(word(list(those, "cases")[0], "subject"), "late");
  EXPECT_EQ(word(list(those, "cases")[2], "subject"), "back-dated");
  // The count stands whatever state is asked for, and keeps to the type and the period.
  CaseQuery narrow = query("a");
  narrow.state = "closed";
  narrow.type = "request";
  EXPECT_EQ(word(ask(narrow).value(), "total"), "1");
  EXPECT_EQ(word(ask(narrow).value(), "flagged"), "2");
  narrow.period = "2015-02";
  EXPECT_EQ(word(ask(narrow).value(), "flagged"), "0");
  // As of a day before, the late event was there and the case was not closed.
  EXPECT_EQ(word(ask(query("a"), "2015-01-10T00:00:00Z").value(), "flagged"), "1");
}

TEST_F(LedgerViewTest, SaysWhatIsNotThere) {
  EXPECT_EQ(ask(query("a")).error().code(), Code::kNotFound);
  make_world();
  EXPECT_EQ(ask(query("nobody")).error().code(), Code::kNotFound);
  EXPECT_EQ(word(ask(query("a")).value(), "total"), "0");
  EXPECT_EQ(ask(line("nothing", "2015")).error().code(), Code::kNotFound);
  CaseQuery wrong = line("on_time", "2015");
  wrong.standard = "other";
  EXPECT_EQ(ask(wrong).error().code(), Code::kNotFound);
  EXPECT_EQ(ask(line("on_time", "2015-13")).error().code(), Code::kInvalid);
  CaseQuery state = query("a");
  state.state = "lost";
  EXPECT_EQ(ask(state).error().code(), Code::kInvalid);
  CaseQuery limit = query("a");
  limit.limit = 201;
  EXPECT_EQ(ask(limit).error().code(), Code::kInvalid);
  CaseQuery subject = query("a");
  subject.type = "request";
  subject.subject = "r404";
  EXPECT_EQ(ask(subject).error().code(), Code::kNotFound);
  subject.type = "";
  EXPECT_EQ(ask(subject).error().code(), Code::kInvalid);
  CaseQuery type = query("a");
  type.type = "wedding";
  EXPECT_EQ(ask(type).error().code(), Code::kNotFound);
  CaseQuery against = query("a");
  against.state = "against";
  EXPECT_EQ(ask(against).error().code(), Code::kInvalid);
  limit.limit = 0;
  EXPECT_EQ(ask(limit).error().code(), Code::kInvalid);
  Result<Json> beyond =
      view_->cases(query("a"), LedgerSize(1000), testing::at("2015-03-01T00:00:00Z"));
  EXPECT_EQ(beyond.error().code(), Code::kNotFound);
}

TEST_F(LedgerViewTest, PassesOverBatchesThatHoldNothingToRead) {
  make_world();
  LedgerIndex gone = ledger_.batch(a_, {opened("r1", "2015-01-05T10:00:00Z")});
  ledger_.hostile(a_, "no content", 3);
  ledger_.batch(a_, {opened("r2", "2015-01-05T10:00:00Z")});
  ledger_.withdraw(gone);
  Json answer = ask(query("a")).value();
  EXPECT_EQ(word(answer, "total"), "1");
  EXPECT_EQ(word(list(answer, "cases")[0], "subject"), "r2");
}

TEST_F(LedgerViewTest, KnowsAPrefixAsItWas) {
  make_world();
  ledger_.batch(a_, {opened("r1", "2015-01-05T10:00:00Z")});
  LedgerSize before = ledger_.length();
  ledger_.batch(a_, {closed("r1", "2015-01-05T12:30:00Z")});
  Json now = ask(query("a")).value();
  EXPECT_EQ(word(list(now, "cases")[0], "state"), "closed");
  Json then = view_->cases(query("a"), before, testing::at("2015-03-01T00:00:00Z")).value();
  EXPECT_EQ(word(list(then, "cases")[0], "state"), "open");
}

TEST_F(LedgerViewTest, SaysWhyACaseCountsOrNot) {
  make_world();
  ledger_.batch(a_,
                {opened("late", "2015-01-05T10:00:00Z", {due_field("2015-01-06T10:00:00Z")}),
                 closed("late", "2015-01-08T13:00:30Z"),
                 opened("early", "2015-01-05T10:00:00Z", {due_field("2015-01-06T10:00:00Z")}),
                 closed("early", "2015-01-05T11:00:00Z"), opened("free", "2015-01-05T10:00:00Z")});
  auto why = [&](const std::string& subject, const std::string& period, const char* language) {
    CaseQuery wanted = line("on_time", period);
    wanted.type = "request";
    wanted.subject = subject;
    Json answer = ask(wanted).value();
    return word(*list(answer, "cases")[0].find("why"), language);
  };
  EXPECT_EQ(why("late", "2015-01", "zh"), "已计入，不符合：办结晚于期限 2 天 3 小时");
  EXPECT_EQ(why("late", "2015-01", "en"),
            "Counted; it does not do as required: closed 2 d 3 h after it was due.");
  EXPECT_EQ(why("early", "2015", "zh"), "已计入，符合");
  EXPECT_EQ(why("early", "2015-02", "zh"), "归入 2015-01-05，不在本时期，未计入");
  EXPECT_EQ(why("free", "2015-01", "zh"), "不在统计范围，未计入");
}

TEST_F(LedgerViewTest, KnowsTheOfficeOfAPrefixAsItWas) {
  make_world();
  LedgerSize before = ledger_.length();
  ledger_.add_outlet("late", "c1");
  ledger_.activate(small_pack({{"pack.yaml", "version: \"1\"", "version: \"2\""}}), true);
  Instant as_of = testing::at("2015-03-01T00:00:00Z");
  EXPECT_EQ(word(ask(query("late")).value(), "total"), "0");
  EXPECT_EQ(view_->cases(query("late"), before, as_of).error().code(), Code::kNotFound);
  ResultKey key{"service", OutletId::parse("a").value(), "2015-01"};
  auto version_at = [&](LedgerSize size) {
    return word(Json::parse(view_->result_body(key, size, as_of).value()).value(), "version");
  };
  EXPECT_EQ(version_at(before), "1");
  EXPECT_EQ(version_at(ledger_.length()), "2");
  EXPECT_EQ(version_at(before), "1");
  EXPECT_EQ(view_->cases(query("a"), LedgerSize(1), as_of).error().code(), Code::kNotFound);
  key.period = "2016";
  EXPECT_EQ(view_->result_body(key, before, as_of).error().code(), Code::kNotFound);
  key.period = "soon";
  EXPECT_EQ(view_->result_body(key, before, as_of).error().code(), Code::kInvalid);
}

TEST_F(LedgerViewTest, AsksForPeriodsBeforeTheRulesStillShowTheCases) {
  ledger_.activate(small_pack(), false);  // answers from 2015-02 on
  ledger_.add_outlet("a", "c1");
  a_ = ledger_.enroll("a");
  ledger_.batch(a_, {opened("r1", "2014-12-05T10:00:00Z")});
  CaseQuery wanted = query("a");
  wanted.period = "2014-12";
  EXPECT_EQ(word(ask(wanted).value(), "total"), "1");
}

TEST_F(LedgerViewTest, FoldsAnOutletOnceForAllWhoAskAtTheSameTime) {
  make_world();
  ledger_.batch(a_, {opened("r1", "2015-01-05T10:00:00Z")});
  std::atomic<int> opened_readers = 0;
  view_ = make_ledger_view([&]() -> Result<std::unique_ptr<LedgerReader>> {
    ++opened_readers;
    return std::unique_ptr<LedgerReader>(std::make_unique<Borrowed>(ledger_));
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 20; ++j) EXPECT_EQ(word(ask(query("a")).value(), "total"), "1");
    });
  }
  for (std::thread& thread : threads) thread.join();
  // One reader for looking, one for the fold.
  EXPECT_EQ(opened_readers, 2);
}

// For random networks: an indicator lists as many cases as its figure counts, those against it are
// the rest of the numerator, and the body that is folded from one outlet's entries is, byte for
// byte, that of the whole network's fold.
TEST_F(LedgerViewTest, AgreesWithWhatIsServed) {
  make_world();
  std::mt19937_64 random(20251101);
  auto below = [&](std::uint64_t bound) { return random() % bound; };
  Instant begin = testing::at("2015-01-01T00:00:00Z");
  auto some_time = [&] {
    return format_instant(begin + Duration{static_cast<std::int64_t>(below(58)) * kMsPerDay +
                                           static_cast<std::int64_t>(below(1440)) * kMsPerMinute});
  };
  for (int round = 0; round < 40; ++round) {
    std::vector<Event> events;
    for (std::uint64_t i = below(12) + 1; i > 0; --i) {
      std::string subject = "r" + std::to_string(below(60));
      if (below(3) == 0) {
        events.push_back(closed(subject, some_time()));
      } else if (below(5) == 0) {
        events.push_back(visit("v" + std::to_string(below(30)), some_time(), 3));
      } else {
        events.push_back(opened(subject, some_time(), {due_field(some_time())}));
      }
    }
    ledger_.batch(below(2) == 0 ? a_ : b_, events);
    if (round % 4 != 3) continue;
    Instant as_of = ceil_to_minute(testing::at(some_time()));
    Rebuilt built = rebuild(ledger_, ledger_.length(), as_of).value();
    for (const char* period : {"2015-01", "2015-02", "2015"}) {
      Json body = body_of(built.rows, "outlet", "a", period);
      if (body.is_null()) continue;
      EXPECT_EQ(view_
                    ->result_body({"service", OutletId::parse("a").value(), period},
                                  ledger_.length(), as_of)
                    .value(),
                body.text());
      for (const Json& figure : body.find("indicators")->as_array()) {
        std::string id = word(figure, "id");
        CaseQuery wanted = line(id, period);
        Json cases = view_->cases(wanted, ledger_.length(), as_of).value();
        EXPECT_EQ(word(cases, "total"), word(figure, "n")) << id << " " << period;
        if (figure.find("numerator") == nullptr) continue;
        wanted.state = "against";
        Json against = view_->cases(wanted, ledger_.length(), as_of).value();
        EXPECT_EQ(against.integer_at("total").value(),
                  figure.integer_at("n").value() - figure.integer_at("numerator").value())
            << id << " " << period;
      }
    }
  }
}

}  // namespace
}  // namespace plumbline
