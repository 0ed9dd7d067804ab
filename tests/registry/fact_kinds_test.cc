// SPDX-License-Identifier: Apache-2.0
// What a fact may say, kind by kind.
#include "registry/fact_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"

namespace plumbline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Fact institution() {
  return {"institution",
          "ip-320102",
          Date{2024, 5, 1},
          std::nullopt,
          {{"name_zh", "玄武区知识产权信息公共服务机构"},
           {"level", "county"},
           {"place", "320102"},
           {"confirmed", "2024-06-01"}}};
}

std::vector<std::string> texts(const Fact& fact) {
  std::vector<std::string> out;
  for (const AttributeProblem& problem : check_fact(fact)) out.push_back(problem.text());
  return out;
}

TEST(FactKinds, EveryKindIsFoundAndItsAttributesStandOnce) {
  ASSERT_EQ(fact_kinds().size(), 9u);
  for (const FactKind& kind : fact_kinds()) {
    EXPECT_EQ(fact_kind(kind.id), &kind);
    std::vector<std::string> names = kind.attribute_names();
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size()) << kind.id;
    EXPECT_NE(kind.attribute("withdrawn"), nullptr);
    EXPECT_NE(kind.attribute("note"), nullptr);
    for (const AttributeSpec& spec : kind.attributes) {
      for (const std::string& target : {spec.refers_to, spec.or_refers_to}) {
        EXPECT_TRUE(target.empty() || target == "outlet" || fact_kind(target) != nullptr)
            << kind.id << " " << spec.name;
      }
    }
  }
  EXPECT_EQ(fact_kind("outlet"), nullptr);
  EXPECT_EQ(fact_kind(""), nullptr);
}

TEST(FactKinds, AGoodFactHasNoProblem) {
  EXPECT_THAT(check_fact(institution()), IsEmpty());
}

TEST(FactKinds, EverythingThatIsWrongIsSaidAtOnce) {
  Fact fact = institution();
  fact.id = "no id";
  fact.from = std::nullopt;
  fact.attributes.erase("name_zh");
  fact.attributes["confirmd"] = "2024-06-01";
  fact.attributes["checked"] = "2024-6-1";
  EXPECT_THAT(
      texts(fact),
      ElementsAre(
          "\"id\": \"no id\" is not an id: 1 to 64 of A-Z a-z 0-9 . _ -",
          "\"from\": a fact of kind \"institution\" needs the first day on which it is true",
          "\"name_zh\": it is missing; a fact of kind \"institution\" needs it",
          "\"checked\": \"2024-6-1\" is not a date in the form 2025-12-31",
          "\"confirmd\": a fact of kind \"institution\" has no attribute \"confirmd\" "
          "(did you mean \"confirmed\"?)"));
}

TEST(FactKinds, AnUnknownKindIsNamedWithTheOneThatIsNear) {
  Fact fact = institution();
  fact.kind = "instituton";
  auto wrong = check_fact(fact);
  ASSERT_EQ(wrong.size(), 1u);
  EXPECT_EQ(wrong[0].attribute, "kind");
  EXPECT_THAT(wrong[0].sentence, HasSubstr("did you mean \"institution\"?"));
}

TEST(FactKinds, AFactEndsNotBeforeItBegins) {
  Fact fact = institution();
  fact.until = Date{2024, 5, 1};
  EXPECT_THAT(check_fact(fact), IsEmpty());
  fact.until = Date{2024, 4, 30};
  EXPECT_THAT(texts(fact),
              ElementsAre("\"until\": it ends on 2024-04-30, before it begins on 2024-05-01"));
}

TEST(FactKinds, AWithdrawnFactNeedsItsReasonOnly) {
  Fact fact{"finding", "f1", std::nullopt, std::nullopt, {{"withdrawn", "decided in error"}}};
  EXPECT_THAT(check_fact(fact), IsEmpty());
  fact.attributes["document"] = "not an id";
  EXPECT_EQ(check_fact(fact).size(), 1u);
}

TEST(FactKinds, AFindingNeedsTwoPersonsAndADocument) {
  Fact fact{"finding", "f1", Date{2025, 3, 1}, std::nullopt, {{"outlet", "a"}, {"code", "leak"}}};
  std::vector<std::string> missing;
  for (const AttributeProblem& problem : check_fact(fact)) missing.push_back(problem.attribute);
  EXPECT_THAT(missing, ElementsAre("document", "decided_by", "seconded_by"));
}

TEST(FactKinds, AnExemptionNeedsAnOwnerAReasonAndAnExpiry) {
  Fact fact{"exemption",
            "e1",
            Date{2025, 3, 1},
            std::nullopt,
            {{"outlet", "a"}, {"standard", "outlet"}, {"criterion", "opening"}}};
  std::vector<std::string> missing;
  for (const AttributeProblem& problem : check_fact(fact)) missing.push_back(problem.attribute);
  EXPECT_THAT(missing, ElementsAre("until", "owner", "reason"));
}

struct FormCase {
  const char* kind;
  const char* attribute;
  const char* value;
  bool good;
};

TEST(FactKinds, FormsOfAttributes) {
  const std::string kHash(64, 'a');
  const FormCase kCases[] = {
      {"division", "tile", "3,7", true},        {"division", "tile", "0,99", true},
      {"division", "tile", "100,1", false},     {"division", "tile", "3", false},
      {"division", "tile", "3,", false},        {"division", "tile", "-1,2", false},
      {"division", "tile", "3,7,1", false},     {"document", "sha256", kHash.c_str(), true},
      {"document", "sha256", "ab", false},      {"product", "review", "accepted", true},
      {"product", "review", "Accepted", false}, {"document", "date", "2025-02-29", false},
      {"document", "date", "2024-02-29", true}, {"status", "status", "national_outlet", true},
      {"status", "status", "国家级", false},
  };
  for (const FormCase& one : kCases) {
    Fact fact{one.kind, "x", Date{2024, 1, 1}, std::nullopt, {{one.attribute, one.value}}};
    bool found = false;
    for (const AttributeProblem& problem : check_fact(fact)) {
      found = found || problem.attribute == one.attribute;
    }
    EXPECT_EQ(!found, one.good) << one.kind << " " << one.attribute << " " << one.value;
  }
}

TEST(FactKinds, ANameOf300CharactersIsTextWhateverItSays) {
  Fact fact = institution();
  std::string name = "<script>alert(1)</script>";
  for (int i = 0; i < 275; ++i) name += "网";
  fact.attributes["name_zh"] = name;
  EXPECT_THAT(check_fact(fact), IsEmpty());
  std::string four_bytes;
  for (std::size_t i = 0; i < limits::kMaxNameChars; ++i) four_bytes += "𠮷";
  fact.attributes["name_zh"] = four_bytes;
  EXPECT_THAT(check_fact(fact), IsEmpty());
  fact.attributes["name_zh"] = four_bytes + "x";
  EXPECT_THAT(texts(fact).at(0), HasSubstr("has 301 characters in 1201 bytes, at most 1200"));
  fact.attributes["name_zh"] = "two\nlines";
  EXPECT_THAT(texts(fact).at(0), HasSubstr("control character"));
  fact.attributes["name_zh"] = "\xff";
  EXPECT_THAT(texts(fact).at(0), HasSubstr("byte 0 is not UTF-8"));
  fact.attributes["name_zh"] = "";
  EXPECT_THAT(texts(fact).at(0), HasSubstr("it is empty"));
}

}  // namespace
}  // namespace plumbline
