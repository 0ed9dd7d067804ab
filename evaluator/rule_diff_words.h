// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RULE_DIFF_WORDS_H_
#define PLUMBLINE_EVALUATOR_RULE_DIFF_WORDS_H_

#include <string>
#include <string_view>

#include "evaluator/standard.h"
#include "packs/yaml.h"

// The keys and values of rule files in the words of officials, and what two spellings of one value
// have in common. Private to rule_diff*.cc and rule_explain*.cc.
namespace plumbline {

// "standard" -> 标准; a kind that has no word is its own.
Title part_word(std::string_view kind);

// The key of a part of that kind: {"criterion", "weight"} -> 权重. Keys of nested maps are joined
// by dots. A key that has no word is its own.
Title key_word(std::string_view kind, std::string_view key);

// A value of the key as people write it: words for words, quotes around texts.
Title value_words(std::string_view key, const YamlNode& value);

// 权重由 20 改为 25.
Title changed_text(const Title& name, const Title& from, const Title& to);

// One spelling for all that mean the same: numbers without idle zeros, instants in UTC, durations
// in seconds, expressions by their tokens, lists of words in order.
std::string canonical(std::string_view key, const YamlNode& value);

// How a figure is written: unit and decimals.
Title unit_text(const Unit& unit);

// A node in one line, for what has no words of its own.
std::string flow_text(const YamlNode& value);

// What an absent key of such a part means; empty where absence is a meaning of its own.
std::string_view default_of(std::string_view kind, std::string_view key);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RULE_DIFF_WORDS_H_
