// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_REGISTRY_FACT_KINDS_H_
#define PLUMBLINE_REGISTRY_FACT_KINDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fact.h"

// Which kinds of facts there are and what each says. docs/formats/registry.md.
namespace plumbline {

struct AttributeSpec {
  enum class Form {
    kText,    // 1 to limits::kMaxNameBytes bytes of UTF-8 without control characters
    kId,      // 1 to 64 of A-Z a-z 0-9 . _ -
    kDate,    // 2025-12-31
    kHash,    // 64 lower-case hexadecimal digits
    kWord,    // one of `words`
    kTile,    // "3,7": column and row of a tile-grid map, 0..99
    kNumber,  // a number with at most six decimals
  };
  std::string name;
  Form form = Form::kText;
  bool required = false;
  std::vector<std::string> words;  // kWord
  std::string refers_to;           // kId: the kind of fact whose id it is, "outlet", or ""
  std::string or_refers_to;        // kId: the second kind whose id it may be, or ""
};

// Every kind may carry "withdrawn" (the reason why it is no fact) and "note"; a withdrawn fact
// needs nothing else.
struct FactKind {
  std::string id;
  bool needs_from = true;
  std::vector<AttributeSpec> attributes;  // "withdrawn" and "note" included
  bool needs_until = false;

  const AttributeSpec* attribute(std::string_view name) const;  // nullptr when there is none
  std::vector<std::string> attribute_names() const;
};

// A star: demanded. division and document need no `from`.
// division     name_zh*, name_en, level* (id of a level), parent (division), type_zh, merged_into
//              (division that its facts count for after `until`), tile
// document     number*, issuer*, date*, title_zh, title_en, sha256
// institution  name_zh*, name_en, level*, place (division; absent: unknown), document, declared,
//              checked, confirmed (dates); without document or confirmed: claimed
// status       holder* (outlet or institution), status* (id), document
// product      name_zh*, name_en, owner (outlet), place (division), review (accepted, rejected,
//              pending), reviewed (date), document, version_of (product)
// finding      outlet*, code* (id), document*, decided_by*, seconded_by*, note: what a veto rests
// on
// exemption    outlet*, standard* (id), criterion* (id), owner*, reason*, document; needs `until`
// too
// class        outlet*, class* (id), document: what the outlet is, for norms
// norm         standard*, criterion*, class* (ids), value* (number), document*; needs `until` too
const std::vector<FactKind>& fact_kinds();
const FactKind* fact_kind(std::string_view id);  // nullptr when there is none

// One thing that is wrong, and the member that it is said of: "kind", "id", "from", "until" or an
// attribute.
struct AttributeProblem {
  std::string attribute;
  std::string sentence;      // names rule and value
  std::string text() const;  // attribute "place": sentence
  bool operator==(const AttributeProblem&) const = default;
};

// Everything that is wrong with a fact by itself.
std::vector<AttributeProblem> check_fact(const Fact& fact);
// Everything that is wrong with a name or another text of an outlet or a fact.
std::vector<std::string> check_text(const std::string& text);

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_FACT_KINDS_H_
