// SPDX-License-Identifier: Apache-2.0
#include "model/event.h"

#include <fmt/format.h>

namespace plumbline {
namespace {

constexpr Kind kKinds[] = {Kind::kString,  Kind::kCode, Kind::kEnum,    Kind::kInteger,
                           Kind::kDecimal, Kind::kBool, Kind::kInstant, Kind::kCount,
                           Kind::kReference};

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kString: return "string";
    case Kind::kCode: return "code";
    case Kind::kEnum: return "enum";
    case Kind::kInteger: return "integer";
    case Kind::kDecimal: return "decimal";
    case Kind::kBool: return "bool";
    case Kind::kInstant: return "instant";
    case Kind::kCount: return "count";
    case Kind::kReference: return "reference";
  }
  CHECK(false, "a kind outside its enumeration");
}

Result<Kind> parse_kind(std::string_view text) {
  for (Kind kind : kKinds) {
    if (text == kind_name(kind)) return kind;
  }
  return Error(Code::kInvalid,
               fmt::format("\"{}\" is not a kind: string, code, enum, integer, decimal, bool, "
                           "instant, count, reference",
                           text));
}

}  // namespace plumbline
