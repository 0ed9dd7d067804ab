// SPDX-License-Identifier: Apache-2.0
#include "registry/fact_kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "packs/outside_text.h"
#include "packs/problem.h"

namespace plumbline {
namespace {

using Form = AttributeSpec::Form;

constexpr std::size_t kMaxIdChars = 64;
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kMaxTileDigits = 2;

AttributeSpec text(std::string name) {
  return {std::move(name), Form::kText, false, {}, "", ""};
}
AttributeSpec date(std::string name) {
  return {std::move(name), Form::kDate, false, {}, "", ""};
}
AttributeSpec id(std::string name, std::string refers_to = "", std::string or_refers_to = "") {
  return {std::move(name), Form::kId, false, {}, std::move(refers_to), std::move(or_refers_to)};
}
AttributeSpec required(AttributeSpec spec) {
  spec.required = true;
  return spec;
}

std::vector<FactKind> make_kinds() {
  std::vector<FactKind> kinds = {
      {"division",
       false,
       {required(text("name_zh")),
        text("name_en"),
        required(id("level")),
        id("parent", "division"),
        text("type_zh"),
        id("merged_into", "division"),
        {"tile", Form::kTile, false, {}, "", ""}}},
      {"document",
       false,
       {required(text("number")),
        required(text("issuer")),
        required(date("date")),
        text("title_zh"),
        text("title_en"),
        {"sha256", Form::kHash, false, {}, "", ""}}},
      {"institution",
       true,
       {required(text("name_zh")), text("name_en"), required(id("level")), id("place", "division"),
        id("document", "document"), date("declared"), date("checked"), date("confirmed")}},
      {"status",
       true,
       {required(id("holder", "outlet", "institution")), required(id("status")),
        id("document", "document")}},
      {"product",
       true,
       {required(text("name_zh")),
        text("name_en"),
        id("owner", "outlet"),
        id("place", "division"),
        {"review", Form::kWord, false, {"accepted", "rejected", "pending"}, "", ""},
        date("reviewed"),
        id("document", "document"),
        id("version_of", "product")}},
      {"finding",
       true,
       {required(id("outlet", "outlet")), required(id("code")),
        required(id("document", "document")), required(text("decided_by")),
        required(text("seconded_by"))}},
      {"exemption",
       true,
       {required(id("outlet", "outlet")), required(id("standard")), required(id("criterion")),
        required(text("owner")), required(text("reason")), id("document", "document")},
       true},
      {"class",
       true,
       {required(id("outlet", "outlet")), required(id("class")), id("document", "document")}},
      {"norm",
       true,
       {required(id("standard")),
        required(id("criterion")),
        required(id("class")),
        {"value", Form::kNumber, true, {}, "", ""},
        required(id("document", "document"))},
       true},
  };
  for (FactKind& kind : kinds) {
    kind.attributes.push_back(text("withdrawn"));
    kind.attributes.push_back(text("note"));
  }
  return kinds;
}

bool is_id(std::string_view value) {
  return !value.empty() && value.size() <= kMaxIdChars &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

bool is_hash(std::string_view value) {
  return value.size() == kHashDigits && std::all_of(value.begin(), value.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_tile(std::string_view value) {
  auto is_number = [](std::string_view digits) {
    return !digits.empty() && digits.size() <= kMaxTileDigits &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  std::size_t comma = value.find(',');
  return comma != std::string_view::npos && is_number(value.substr(0, comma)) &&
         is_number(value.substr(comma + 1));
}

std::string quoted(std::string_view value) {
  return fmt::format("\"{}\"", outside_text(value));
}

std::string list_of(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string meant(const std::string& word, const std::vector<std::string>& candidates) {
  std::string near = did_you_mean(word, candidates);
  return near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near);
}

std::string not_an_id(std::string_view value) {
  return fmt::format("{} is not an id: 1 to {} of A-Z a-z 0-9 . _ -", quoted(value), kMaxIdChars);
}

// What is wrong with a value by its form; "" when nothing is.
std::string form_problem(const AttributeSpec& spec, const std::string& value) {
  switch (spec.form) {
    case Form::kText: {
      auto wrong = check_text(value);
      return wrong.empty() ? "" : wrong.front();
    }
    case Form::kId:
      return is_id(value) ? "" : not_an_id(value);
    case Form::kDate:
      if (parse_date(value).ok()) return "";
      return fmt::format("{} is not a date in the form 2025-12-31", quoted(value));
    case Form::kHash:
      if (is_hash(value)) return "";
      return fmt::format("{} is not a SHA-256: 64 lower-case hexadecimal digits", quoted(value));
    case Form::kWord:
      if (std::find(spec.words.begin(), spec.words.end(), value) != spec.words.end()) return "";
      return fmt::format("{} is none of {}{}", quoted(value), list_of(spec.words),
                         meant(value, spec.words));
    case Form::kNumber:
      if (parse_decimal(value).ok()) return "";
      return fmt::format("{} is not a number with at most six decimals", quoted(value));
    case Form::kTile:
      if (is_tile(value)) return "";
      return fmt::format("{} is not column and row of a tile, such as 3,7 (0 to 99 each)",
                         quoted(value));
  }
  return "";
}

void check_attributes(const Fact& fact, const FactKind& kind,
                      std::vector<AttributeProblem>& problems) {
  for (const auto& [name, value] : fact.attributes) {
    const AttributeSpec* spec = kind.attribute(name);
    if (spec == nullptr) {
      problems.push_back({name, fmt::format("a fact of kind \"{}\" has no attribute {}{}", kind.id,
                                            quoted(name), meant(name, kind.attribute_names()))});
    } else if (value.empty()) {
      problems.push_back({name, "it is empty: leave it out instead"});
    } else if (std::string wrong = form_problem(*spec, value); !wrong.empty()) {
      problems.push_back({name, std::move(wrong)});
    }
  }
}

void check_missing(const Fact& fact, const FactKind& kind,
                   std::vector<AttributeProblem>& problems) {
  if (!fact.attribute("withdrawn").empty()) return;
  if (kind.needs_from && !fact.from) {
    problems.push_back({"from", fmt::format("a fact of kind \"{}\" needs the first day on which "
                                            "it is true",
                                            kind.id)});
  }
  if (kind.needs_until && !fact.until) {
    problems.push_back({"until", fmt::format("a fact of kind \"{}\" needs the last day on which "
                                             "it is true",
                                             kind.id)});
  }
  for (const AttributeSpec& spec : kind.attributes) {
    if (spec.required && !fact.attributes.contains(spec.name)) {
      problems.push_back(
          {spec.name, fmt::format("it is missing; a fact of kind \"{}\" needs it", kind.id)});
    }
  }
}

}  // namespace

const AttributeSpec* FactKind::attribute(std::string_view name) const {
  auto found = std::find_if(attributes.begin(), attributes.end(),
                            [&](const AttributeSpec& spec) { return spec.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

std::vector<std::string> FactKind::attribute_names() const {
  std::vector<std::string> names;
  for (const AttributeSpec& spec : attributes) names.push_back(spec.name);
  return names;
}

const std::vector<FactKind>& fact_kinds() {
  static const std::vector<FactKind> kKinds = make_kinds();
  return kKinds;
}

const FactKind* fact_kind(std::string_view id) {
  for (const FactKind& kind : fact_kinds()) {
    if (kind.id == id) return &kind;
  }
  return nullptr;
}

std::string AttributeProblem::text() const {
  return fmt::format("\"{}\": {}", attribute, sentence);
}

std::vector<std::string> check_text(const std::string& text) {
  if (auto at = utf8_error_at(text)) {
    return {fmt::format("byte {} is not UTF-8", *at)};
  }
  std::vector<std::string> problems;
  if (text.size() > limits::kMaxNameBytes) {
    problems.push_back(fmt::format("{} has {} characters in {} bytes, at most {} bytes are allowed",
                                   quoted(text), utf8_length(text), text.size(),
                                   limits::kMaxNameBytes));
  }
  if (has_control_character(text)) {
    problems.push_back(fmt::format("{} holds a control character", quoted(text)));
  }
  return problems;
}

std::vector<AttributeProblem> check_fact(const Fact& fact) {
  std::vector<AttributeProblem> problems;
  if (!is_id(fact.id)) problems.push_back({"id", not_an_id(fact.id)});
  if (fact.from && fact.until && *fact.until < *fact.from) {
    problems.push_back({"until", fmt::format("it ends on {}, before it begins on {}",
                                             format_date(*fact.until), format_date(*fact.from))});
  }
  const FactKind* kind = fact_kind(fact.kind);
  if (kind == nullptr) {
    std::vector<std::string> known;
    for (const FactKind& one : fact_kinds()) known.push_back(one.id);
    problems.push_back(
        {"kind", fmt::format("{} is no kind of fact; known are {}{}", quoted(fact.kind),
                             list_of(known), meant(fact.kind, known))});
    return problems;
  }
  check_missing(fact, *kind, problems);
  check_attributes(fact, *kind, problems);
  return problems;
}

}  // namespace plumbline
