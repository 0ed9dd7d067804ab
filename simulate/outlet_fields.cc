// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "simulate/outlet_source.h"

namespace plumbline {
namespace {

using How = FieldRule::How;

// simulation.yaml gives decimals in hundredths.
constexpr std::int64_t kHundredth = Decimal::kOne / 100;

bool belongs_to(const FieldSpec& spec, const std::string& step) {
  return step.empty() || spec.steps.empty() ||
         std::find(spec.steps.begin(), spec.steps.end(), step) != spec.steps.end();
}

// One in some hundred looks as if it held a mobile number, which no field may.
std::string hex_digits(Random& random, std::int64_t digits) {
  for (;;) {
    std::string text;
    while (static_cast<std::int64_t>(text.size()) < digits) {
      text += fmt::format("{:016x}", random.next());
    }
    text.resize(static_cast<std::size_t>(digits));
    if (!holds_personal_number(text)) return text;
  }
}

}  // namespace

// The burst's rule, or the profile's, or that of the activity.
const FieldRule& OutletSource::rule_of(const Act& act, const FieldRule& rule) const {
  if (act.instead != nullptr) {
    for (const FieldRule& other : *act.instead) {
      if (other.field == rule.field) return other;
    }
  }
  auto found = profile_.fields.find(act.activity.type + "." + rule.field);
  return found == profile_.fields.end() ? rule : found->second;
}

std::vector<Field> OutletSource::fields_of(const Act& act, const std::string& step, Instant at) {
  Values values;
  const TypeSpec* type = pack_.events.type(act.activity.type);
  for (const FieldRule& general : act.activity.fields) {
    const FieldSpec* spec = type->field(general.field);
    if (!belongs_to(*spec, step)) continue;
    const FieldRule& rule = rule_of(act, general);
    if (!random_.percent(profile_.percent(rule.present))) continue;
    if (auto value = value_of(act, rule, *spec, at, values)) {
      values.insert_or_assign(rule.field, std::move(*value));
    }
  }
  std::vector<Field> fields;
  for (auto& [name, value] : values) fields.push_back({name, std::move(value)});
  return fields;
}

std::optional<Value> OutletSource::value_of(const Act& act, const FieldRule& rule,
                                            const FieldSpec& spec, Instant at,
                                            const Values& others) {
  Value value;
  value.kind = spec.kind;
  if (is_text_kind(spec.kind)) {
    auto text = text_of(act, rule, others);
    if (!text) return std::nullopt;
    value.text = std::move(*text);
    return value;
  }
  if (rule.how == How::kYes) {
    value.number = random_.percent(profile_.percent(rule.yes)) ? 1 : 0;
  } else if (rule.how == How::kBetween) {
    value.number = random_.between(rule.range.low, rule.range.high);
    if (spec.kind == Kind::kDecimal) value.number *= kHundredth;
  } else if (rule.how == How::kWorkdays) {
    value.number = pack_.calendar.workday_due(at, static_cast<int>(rule.number)).ms;
  } else if (rule.how == How::kPick) {
    const std::string& word = rule.words[random_.pick(rule.weights)];
    std::from_chars(word.data(), word.data() + word.size(), value.number);
  } else {
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> OutletSource::text_of(const Act& act, const FieldRule& rule,
                                                 const Values& others) {
  switch (rule.how) {
    case How::kPick:
      return rule.words[random_.pick(rule.weights)];
    case How::kPool:
      return fmt::format("{}{}-{}", rule.text, outlet_.added.outlet.text(),
                         random_.between(1, rule.number));
    case How::kHash:
      return hex_digits(random_, rule.number);
    case How::kPlace: {
      auto own = outlet_.added.places.find(rule.text);
      const bool home = random_.percent(rule.number);
      if (home && own != outlet_.added.places.end()) return own->second;
      if (plan_.counties.empty()) return std::nullopt;
      return plan_.counties[static_cast<std::size_t>(
          random_.below(static_cast<std::int64_t>(plan_.counties.size())))];
    }
    case How::kCaseOf: {
      const auto& recent = recent_[rule.text];
      if (recent.empty()) return std::nullopt;
      return recent[static_cast<std::size_t>(
          random_.below(static_cast<std::int64_t>(recent.size())))];
    }
    case How::kCause:
      return act.cause.empty() ? std::nullopt : std::optional(act.cause);
    case How::kWords: {
      auto number = others.find(rule.text);
      if (number == others.end() || number->second.number < 1 ||
          number->second.number > static_cast<std::int64_t>(rule.words.size())) {
        return std::nullopt;
      }
      return rule.words[static_cast<std::size_t>(number->second.number - 1)];
    }
    case How::kBetween:
    case How::kYes:
    case How::kWorkdays:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace plumbline
