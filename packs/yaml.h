// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_YAML_H_
#define PLUMBLINE_PACKS_YAML_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "packs/problem.h"

// YAML as rule files use it: maps, lists and scalars with their places. Duplicate keys, anchors,
// aliases, tags, several documents, invalid UTF-8, files over limits::kMaxYamlBytes and nesting
// over limits::kMaxYamlDepth are problems; so are more than kMaxYamlNodes values in a file and
// lines over kMaxYamlLineBytes.
namespace plumbline {

// A standard of 100 criteria has about 3,000 values; a value takes about 200 bytes.
inline constexpr std::size_t kMaxYamlNodes = 100'000;
// The longest line is an expression of limits::kMaxExpressionBytes. The parser holds a whole line
// of brackets before it hands the first one out, so its memory goes with the line.
inline constexpr std::size_t kMaxYamlLineBytes = 16'384;

class YamlNode {
 public:
  enum class Type { kMap, kList, kScalar, kNull };

  Type type = Type::kNull;
  Place place;
  std::string scalar;   // kScalar: the text
  bool quoted = false;  // kScalar: written in quotes
  struct Entry;
  std::vector<Entry> entries;   // kMap, in file order; keys scalars
  std::vector<YamlNode> items;  // kList

  bool is_map() const { return type == Type::kMap; }
  bool is_list() const { return type == Type::kList; }
  bool is_scalar() const { return type == Type::kScalar; }
  const YamlNode* find(std::string_view key) const;  // nullptr when absent or not a map
};

struct YamlNode::Entry {
  YamlNode first;   // the key
  YamlNode second;  // its value
};

// What a node is, in words for a sentence: "a map", "a list", "nothing", "\"text\"" (shortened).
std::string describe(const YamlNode& node);

// Parses; adds to `problems` and returns nullopt when the file is not usable at all. Duplicate
// keys are problems, and the first of them stays. An empty file is a node of type kNull.
std::optional<YamlNode> parse_yaml(const std::string& file, BytesView text, Problems& problems);

// Reads a map whose keys are known: each getter takes a key out, `finish` reports what was never
// asked for as an unknown key (with a suggestion). Getters report a wrong type or form as a
// problem at its place and return nullopt; a missing required key is reported at the map. Where no
// known key is near an unknown one, the problem lists all that are free.
class MapReader {
 public:
  // `node`, `problems` must outlive the reader. `what` names the map in sentences ("a field").
  MapReader(const YamlNode& node, std::string what, Problems& problems);

  const YamlNode* required(std::string_view key);  // any node
  const YamlNode* optional(std::string_view key);
  const YamlNode* optional_list(std::string_view key);  // nullptr with a problem where it is none
  const YamlNode* optional_map(std::string_view key);
  // A key of another form of this map. The caller refuses it; it is not offered as one that is
  // known here.
  const YamlNode* misplaced(std::string_view key);
  std::optional<std::string> required_text(std::string_view key);
  std::optional<std::string> optional_text(std::string_view key);
  std::optional<std::int64_t> required_integer(std::string_view key);
  std::optional<std::int64_t> optional_integer(std::string_view key);
  std::optional<Decimal> required_decimal(std::string_view key);
  std::optional<Decimal> optional_decimal(std::string_view key);
  std::optional<bool> optional_bool(std::string_view key);
  std::optional<Instant> optional_instant(std::string_view key);
  std::optional<Date> required_date(std::string_view key);
  // One of `allowed`, else a problem that lists them.
  std::optional<std::string> required_word(std::string_view key,
                                           std::initializer_list<std::string_view> allowed);
  // A list of scalars.
  std::vector<std::pair<std::string, Place>> optional_text_list(std::string_view key);
  void finish();

  // One of `allowed` or absent; another word is a problem that lists them.
  std::optional<std::string> optional_word(std::string_view key,
                                           std::initializer_list<std::string_view> allowed);

  const YamlNode& node() const { return node_; }
  Problems& problems() { return problems_; }
  void problem(std::string sentence, std::string suggestion = "");  // at the map's place

 private:
  enum class Need { kRequired, kOptional };

  void wrong(const YamlNode& found, std::string_view key, std::string_view expected);
  const YamlNode* take(std::string_view key, Need need);
  std::optional<std::string> text(std::string_view key, Need need);
  std::optional<std::int64_t> integer(std::string_view key, Need need);
  std::optional<Decimal> decimal(std::string_view key, Need need);
  std::optional<Date> date(std::string_view key, Need need);
  std::optional<std::string> word(std::string_view key, Need need,
                                  std::initializer_list<std::string_view> allowed);

  const YamlNode& node_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string> asked_;
  std::vector<std::string> misplaced_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_YAML_H_
