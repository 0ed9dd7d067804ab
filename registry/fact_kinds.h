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
    kText,       // 1 to 400 bytes of UTF-8 without control characters
    kId,         // 1 to 64 of A-Z a-z 0-9 . _ -
    kDate,       // 2025-12-31
    kHash,       // 64 lower-case hexadecimal digits
    kWord,       // one of `words`
    kTile,       // "3,7": column and row of a tile-grid map, 0..99
  };
  std::string name;
  Form form = Form::kText;
  bool required = false;
  std::vector<std::string> words;  // kWord
  std::string refers_to;           // kId: the kind of fact whose id it is, "outlet", or ""
};

// Every kind may carry "withdrawn" (the reason why it is no fact) and "note".
struct FactKind {
  std::string id;
  bool needs_from = true;
  std::vector<AttributeSpec> attributes;
};

// division     name_zh*, name_en, level* (id of a level), parent (division), type_zh, merged_into
//              (division that its facts count for after `until`), tile
// document     number*, issuer*, date*, title_zh, title_en, sha256
// institution  name_zh*, name_en, level*, place (division; absent: unknown), document, declared,
//              checked, confirmed (dates); without document or confirmed: claimed
// status       holder* (outlet or institution), status* (id), document
// product      name_zh*, name_en, owner (outlet), place (division), review (accepted, rejected,
//              pending), reviewed (date), document, version_of (product)
// finding      outlet*, code* (id), document*, decided_by*, seconded_by*, note: what a veto rests on
const std::vector<FactKind>& fact_kinds();
const FactKind* fact_kind(std::string_view id);  // nullptr when there is none

// Everything that is wrong with a fact by itself, a sentence each naming attribute, rule and value.
std::vector<std::string> check_fact(const Fact& fact);

}  // namespace plumbline

#endif  // PLUMBLINE_REGISTRY_FACT_KINDS_H_
