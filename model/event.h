// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_EVENT_H_
#define PLUMBLINE_MODEL_EVENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/result.h"

namespace plumbline {

// The kinds of a field. The numbers are part of the wire format and never change.
enum class Kind : std::uint8_t {
  kString = 1,     // at most 64 characters
  kCode = 2,       // a string from a code system of the pack, such as a county code
  kEnum = 3,       // one of at most 64 listed values
  kInteger = 4,
  kDecimal = 5,    // units of 10^-6
  kBool = 6,       // 0 or 1
  kInstant = 7,    // milliseconds since 1970-01-01T00:00:00Z
  kCount = 8,      // an integer that is not negative
  kReference = 9,  // the subject of another case
};
std::string_view kind_name(Kind kind);   // "string", "code", ...
Result<Kind> parse_kind(std::string_view text);

// True where a value of the kind is text; otherwise it is a number.
constexpr bool is_text_kind(Kind kind) {
  return kind == Kind::kString || kind == Kind::kCode || kind == Kind::kEnum ||
         kind == Kind::kReference;
}

// A field's value. `number` holds integers, counts, decimal units, 0/1 and instants; `text` the
// other kinds; the one that does not belong to the kind is empty.
struct Value {
  Kind kind = Kind::kInteger;
  std::int64_t number = 0;
  std::string text;
  bool operator==(const Value&) const = default;
};

struct Field {
  std::string name;
  Value value;
  bool operator==(const Field&) const = default;
};

// What a source says happened. `type` is "<case type>.<step>" ("consultation.opened"), or the
// type alone where it has no steps ("training"). Fields are sorted by name, each at most once.
struct Event {
  std::string type;
  std::string subject;   // 1..64 bytes of UTF-8, identifies the act together with outlet and type
  Instant time;
  std::vector<Field> fields;
  bool operator==(const Event&) const = default;
};

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_EVENT_H_
