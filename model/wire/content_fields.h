// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_WIRE_CONTENT_FIELDS_H_
#define PLUMBLINE_MODEL_WIRE_CONTENT_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

// Numbers and rules of a batch's content that writing and reading share: docs/formats/wire.md.
namespace plumbline::content {

// Field numbers of wire.Content, Block, NumberColumn and TextColumn.
enum ContentField : std::uint32_t { kBlocks = 1 };
enum BlockField : std::uint32_t {
  kType = 1,
  kOffsets = 2,
  kTimeUnit = 3,
  kTimes = 4,
  kSubjects = 5,
  kSubjectSizes = 6,
  kColumnBase = 6,  // a column's field number is this plus its kind
};
enum ColumnField : std::uint32_t { kName = 1, kRows = 2 };
enum NumberColumnField : std::uint32_t { kUnit = 3, kDifferences = 4, kNumbers = 5 };
enum TextColumnField : std::uint32_t {
  kValueCount = 3,
  kValues = 4,
  kValueSizes = 5,
  kIndexes = 6,
};

// A text of an event, its subject included: 64 characters of at most 4 bytes, and room for what a
// hostile agent signs, which is to be listed and not to be lost.
constexpr std::size_t kMaxTextBytes = 1024;
// "<type>.<step>" and a field's name.
constexpr std::size_t kMaxNameBytes = 128;

// kInvalid unless `name` is 1 to kMaxNameBytes of letters, digits, '_', '-', '.'. `what` names it.
Status check_name(std::string_view name, std::string_view what);
// kInvalid unless `text` is UTF-8 of at most kMaxTextBytes.
Status check_text(std::string_view text, std::string_view what);

}  // namespace plumbline::content

#endif  // PLUMBLINE_MODEL_WIRE_CONTENT_FIELDS_H_
