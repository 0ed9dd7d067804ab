// SPDX-License-Identifier: Apache-2.0
// Expressions of standards: what compiles can be evaluated on a case that has everything and on
// one that has nothing, and says the same when asked again.
#include "evaluator/expression.h"

#include "tests/fuzz/fuzz.h"

namespace plumbline {
namespace {

TypeSpec request() {
  TypeSpec type;
  type.id = "request";
  type.steps = {{"opened", {"受理", "Opened"}, false}, {"closed", {"办结", "Closed"}, true}};
  type.due_field = "due";
  auto field = [&](const char* name, Kind kind) {
    FieldSpec spec;
    spec.name = name;
    spec.kind = kind;
    if (kind == Kind::kEnum) spec.values = {"phone", "web", "app"};
    type.fields.push_back(spec);
  };
  field("channel", Kind::kEnum);
  field("due", Kind::kInstant);
  field("fee", Kind::kDecimal);
  field("items", Kind::kCount);
  field("requester", Kind::kString);
  field("urgent", Kind::kBool);
  return type;
}

Calendar calendar() {
  Calendar out;
  out.first_day = {2014, 1, 1};
  out.last_day = {2026, 12, 31};
  out.transitions = {{Instant{}, 480}};
  out.weekdays = {1, 2, 3, 4, 5};
  return out;
}

CaseFacts full_case() {
  CaseFacts facts;
  facts.fields = {Value{Kind::kEnum, 0, "web"},
                  Value{Kind::kInstant, 1'420'848'000'000, ""},
                  Value{Kind::kDecimal, 2'500'000, ""},
                  Value{Kind::kCount, 7, ""},
                  Value{Kind::kString, 0, "示例 requester"},
                  Value{Kind::kBool, 1, ""}};
  facts.steps = {Instant{1'420'200'000'000}, Instant{1'420'300'000'000}};
  return facts;
}

}  // namespace

void fuzz(BytesView input) {
  static const TypeSpec kType = request();
  static const Calendar kCalendar = calendar();
  static const CaseFacts kFull = full_case();
  static const CaseFacts kEmpty{std::vector<std::optional<Value>>(6),
                                std::vector<std::optional<Instant>>(2), true};
  Problems problems;
  auto compiled =
      Expression::compile(input, kType, kCalendar, std::nullopt, {"f.yaml", 1, 1}, problems);
  CHECK(compiled.has_value() == problems.empty(), "an expression compiles or has a problem");
  if (!compiled) return;
  for (const CaseFacts* facts : {&kFull, &kEmpty}) {
    auto first = compiled->evaluate(*facts);
    auto second = compiled->evaluate(*facts);
    CHECK(first.ok() == second.ok(), "an expression has no memory");
    if (!first.ok()) continue;
    CHECK(*first == *second, "an expression has no memory");
    CHECK(!first->has_value() || (*first)->type == compiled->type(), "a value has its type");
  }
}

}  // namespace plumbline
