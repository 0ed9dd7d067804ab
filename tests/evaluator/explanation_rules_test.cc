// SPDX-License-Identifier: Apache-2.0
// What an explanation says where exemptions, demanded sources, windows and norms make the score. It
// is refused where scoring again gives anything else than what is served.
#include <gtest/gtest.h>

#include "evaluator/ledger_view.h"
#include "tests/support/evaluator/facts.h"
#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using testing::Borrowed;
using testing::closed;
using testing::due_field;
using testing::opened;
using testing::SmallLedger;
using testing::word;

PackFiles pack() {
  return testing::small_pack(
      {{"standards/service.yaml", "    numerator: case.closed.time <= case.due\n",
        "    numerator: case.closed.time <= case.due\n    sources: [rating_page]\n"},
       {"standards/service.yaml", "    numerator: case.overdue\n    dated_by: case.opened.time\n",
        "    numerator: case.overdue\n    dated_by: case.opened.time\n"
        "    min_sample: 3\n    fallback: {days: 60}\n"},
       {"standards/service.yaml",
        "        bands:\n          - {up_to: 24, share: 1}\n          - {up_to: 100, share: 0.6}\n"
        "          - {share: 0.1}\n",
        "        linear: {zero: 10, full: norm}\n        norm:\n"
        "          classes: {library: 2}\n          otherwise: 5\n"
        "          basis: For the tests.\n          basis_kind: proposal\n"}});
}

class ExplanationOfRules : public ::testing::Test {
 protected:
  ExplanationOfRules() {
    ledger_.activate(pack(), true);
    ledger_.add_outlet("a", "c1");
    std::size_t agent = ledger_.enroll("a");
    std::size_t page = ledger_.enroll("a", SourceKind::kRatingPage);
    report(agent, "january", "2015-01-20");
    report(agent, "typed", "2015-02-05");
    report(page, "public1", "2015-02-05");
    report(page, "public2", "2015-02-06");
    ledger_.add_facts(
        {testing::fact("class", "k", "2015-01-01", "", {{"outlet", "a"}, {"class", "library"}})});
    view_ = make_ledger_view([this]() -> Result<std::unique_ptr<LedgerReader>> {
      return std::unique_ptr<LedgerReader>(std::make_unique<Borrowed>(ledger_));
    });
  }
  void report(std::size_t stream, const std::string& subject, const std::string& day) {
    ledger_.batch(stream, {opened(subject, day + "T10:00:00Z", {due_field(day + "T11:00:00Z")}),
                           closed(subject, day + "T14:00:00Z")});
  }
  Json explain(const char* period = "2015-02") {
    ResultKey key{"service", OutletId::parse("a").value(), period};
    auto got = view_->explanation(key, 5, {ledger_.length(), testing::at("2015-04-01T00:00:00Z")});
    EXPECT_TRUE(got.ok()) << (got.ok() ? "" : got.error().text());
    return got.ok() ? *got : Json::object().set("lines", Json::array());
  }
  static Json line(const Json& explained, const std::string& criterion) {
    for (const Json& one : explained.find("lines")->as_array()) {
      if (word(one, "criterion") == criterion) return one;
    }
    ADD_FAILURE() << "no line " << criterion;
    return Json::object();
  }

  SmallLedger ledger_;
  std::unique_ptr<EvaluatorView> view_;
};

TEST_F(ExplanationOfRules, TheSameScoreComesOutWithSourcesWindowsAndNorms) {
  Json got = explain();
  Json on_time = line(got, "on_time");
  EXPECT_EQ(word(*on_time.find("figure"), "left_out"), "1");
  EXPECT_EQ(word(*on_time.find("cases"), "total"), "2") << "what the outlet typed is no case of it";
  Json hours = line(got, "hours");
  EXPECT_EQ(word(hours, "norm"), R"({"class":"library","fact":null,"value":"2"})");
  EXPECT_EQ(word(hours, "threshold_text"), R"({"en":"at most 2 h","zh":"不超过 2 小时"})");
  EXPECT_EQ(word(*line(got, "overdue_open").find("figure"), "days"), "null");
  EXPECT_NE(got.find("improvement"), nullptr);
}

TEST_F(ExplanationOfRules, TheCasesOfAWindowAreThoseOfItsDays) {
  Json got = explain("2015-03");
  EXPECT_EQ(word(got, "verdict"), "not_reported");
  got = explain("2015-01");
  Json overdue = line(got, "overdue_open");
  EXPECT_EQ(word(*overdue.find("figure"), "days"), "60");
  EXPECT_EQ(word(*overdue.find("cases"), "total"), "1");
}

TEST_F(ExplanationOfRules, AnExemptLineSaysWhereItsPointsWent) {
  ledger_.add_facts({testing::fact("exemption", "e", "2015-01-01", "2015-12-31",
                                   {{"outlet", "a"},
                                    {"standard", "service"},
                                    {"criterion", "hours"},
                                    {"owner", "office"},
                                    {"reason", "flood"}})});
  Json got = explain();
  EXPECT_EQ(word(got, "weight_exempt"), "24.50");
  Json hours = line(got, "hours");
  EXPECT_EQ(word(hours, "verdict"), "not_applicable");
  EXPECT_EQ(word(hours, "redistributed_text"),
            R"({"en":"exempt: its 24.50 points went to other criteria",)"
            R"("zh":"免考核，24.50 分调整到其他指标"})");
}

}  // namespace
}  // namespace plumbline
