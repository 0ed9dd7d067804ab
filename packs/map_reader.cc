// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "packs/yaml.h"

namespace plumbline {

MapReader::MapReader(const YamlNode& node, std::string what, Problems& problems)
    : node_(node), what_(std::move(what)), problems_(problems) {
  if (!node_.is_map()) {
    problem(fmt::format("{} must be a map, found {}", what_, describe(node_)));
  }
}

const YamlNode* MapReader::take(std::string_view key, Need need) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  const YamlNode* found = node_.find(key);
  if (found == nullptr && need == Need::kRequired && node_.is_map()) {
    problem(fmt::format("{} lacks the key \"{}\"", what_, key));
  }
  return found;
}

void MapReader::wrong(const YamlNode& found, std::string_view key, std::string_view expected) {
  std::string quotes = found.quoted ? " in quotes" : "";
  problems_.add(found.place, fmt::format("\"{}\" must be {}, found {}{}", key, expected,
                                         describe(found), quotes));
}

std::optional<std::string> MapReader::text(std::string_view key, Need need) {
  const YamlNode* found = take(key, need);
  if (found == nullptr) return std::nullopt;
  if (!found->is_scalar() || found->scalar.empty()) {
    wrong(*found, key, "text");
    return std::nullopt;
  }
  return found->scalar;
}

std::optional<std::int64_t> MapReader::integer(std::string_view key, Need need) {
  const YamlNode* found = take(key, need);
  if (found == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const char* end = found->scalar.data() + found->scalar.size();
  auto [stopped, error] = std::from_chars(found->scalar.data(), end, value);
  if (found->is_scalar() && !found->quoted && error == std::errc() && stopped == end) return value;
  wrong(*found, key, "an integer");
  return std::nullopt;
}

std::optional<Decimal> MapReader::decimal(std::string_view key, Need need) {
  const YamlNode* found = take(key, need);
  if (found == nullptr) return std::nullopt;
  auto value = parse_decimal(found->scalar);
  if (found->is_scalar() && !found->quoted && value.ok()) return *value;
  wrong(*found, key, "a number with at most six decimals");
  return std::nullopt;
}

std::optional<Date> MapReader::date(std::string_view key, Need need) {
  const YamlNode* found = take(key, need);
  if (found == nullptr) return std::nullopt;
  auto value = parse_date(found->scalar);
  if (found->is_scalar() && value.ok()) return *value;
  wrong(*found, key, "a date of the form 2025-12-31");
  return std::nullopt;
}

std::optional<std::string> MapReader::word(std::string_view key, Need need,
                                           std::initializer_list<std::string_view> allowed) {
  const YamlNode* found = take(key, need);
  if (found == nullptr) return std::nullopt;
  if (found->is_scalar() &&
      std::find(allowed.begin(), allowed.end(), found->scalar) != allowed.end()) {
    return found->scalar;
  }
  std::string one_of = allowed.size() == 1 ? "" : "one of ";
  problems_.add(found->place,
                fmt::format("\"{}\" must be {}{}, found {}", key, one_of, fmt::join(allowed, ", "),
                            describe(*found)),
                did_you_mean(found->scalar, {allowed.begin(), allowed.end()}));
  return std::nullopt;
}

const YamlNode* MapReader::required(std::string_view key) {
  return take(key, Need::kRequired);
}
const YamlNode* MapReader::optional(std::string_view key) {
  return take(key, Need::kOptional);
}
const YamlNode* MapReader::optional_list(std::string_view key) {
  const YamlNode* found = take(key, Need::kOptional);
  if (found == nullptr || found->is_list()) return found;
  wrong(*found, key, "a list");
  return nullptr;
}
const YamlNode* MapReader::optional_map(std::string_view key) {
  const YamlNode* found = take(key, Need::kOptional);
  if (found == nullptr || found->is_map()) return found;
  wrong(*found, key, "a map");
  return nullptr;
}
const YamlNode* MapReader::misplaced(std::string_view key) {
  misplaced_.emplace_back(key);
  return node_.find(key);
}

std::optional<std::string> MapReader::required_text(std::string_view key) {
  return text(key, Need::kRequired);
}
std::optional<std::string> MapReader::optional_text(std::string_view key) {
  return text(key, Need::kOptional);
}
std::optional<std::int64_t> MapReader::required_integer(std::string_view key) {
  return integer(key, Need::kRequired);
}
std::optional<std::int64_t> MapReader::optional_integer(std::string_view key) {
  return integer(key, Need::kOptional);
}
std::optional<Decimal> MapReader::required_decimal(std::string_view key) {
  return decimal(key, Need::kRequired);
}
std::optional<Decimal> MapReader::optional_decimal(std::string_view key) {
  return decimal(key, Need::kOptional);
}
std::optional<Date> MapReader::required_date(std::string_view key) {
  return date(key, Need::kRequired);
}
std::optional<std::string> MapReader::required_word(
    std::string_view key, std::initializer_list<std::string_view> allowed) {
  return word(key, Need::kRequired, allowed);
}
std::optional<std::string> MapReader::optional_word(
    std::string_view key, std::initializer_list<std::string_view> allowed) {
  return word(key, Need::kOptional, allowed);
}

std::optional<bool> MapReader::optional_bool(std::string_view key) {
  const YamlNode* found = take(key, Need::kOptional);
  if (found == nullptr) return std::nullopt;
  if (found->is_scalar() && !found->quoted) {
    if (found->scalar == "true") return true;
    if (found->scalar == "false") return false;
  }
  wrong(*found, key, "true or false");
  return std::nullopt;
}

std::optional<Instant> MapReader::optional_instant(std::string_view key) {
  const YamlNode* found = take(key, Need::kOptional);
  if (found == nullptr) return std::nullopt;
  auto value = parse_instant(found->scalar);
  if (found->is_scalar() && value.ok()) return *value;
  wrong(*found, key, "an instant of the form 2016-01-13T03:23:00Z");
  return std::nullopt;
}

std::vector<std::pair<std::string, Place>> MapReader::optional_text_list(std::string_view key) {
  std::vector<std::pair<std::string, Place>> out;
  const YamlNode* found = take(key, Need::kOptional);
  if (found == nullptr) return out;
  if (!found->is_list()) {
    wrong(*found, key, "a list of texts");
    return out;
  }
  for (const YamlNode& item : found->items) {
    if (item.is_scalar() && !item.scalar.empty()) {
      out.emplace_back(item.scalar, item.place);
    } else {
      wrong(item, key, "a list of texts");
    }
  }
  return out;
}

void MapReader::finish() {
  std::vector<std::string> free;
  for (const std::string& key : asked_) {
    if (node_.find(key) == nullptr) free.push_back(key);
  }
  for (const auto& [key, value] : node_.entries) {
    const auto is_key = [&name = key.scalar](const std::string& one) { return one == name; };
    if (std::any_of(asked_.begin(), asked_.end(), is_key)) continue;
    if (std::any_of(misplaced_.begin(), misplaced_.end(), is_key)) continue;
    std::string meant = did_you_mean(key.scalar, free);
    std::string keys;
    if (meant.empty()) keys = fmt::format(", which may also have {}", fmt::join(free, ", "));
    if (free.empty()) keys = ", which has all of its keys";
    problems_.add(key.place, fmt::format("unknown key {} in {}{}", describe(key), what_, keys),
                  meant);
  }
}

void MapReader::problem(std::string sentence, std::string suggestion) {
  problems_.add(node_.place, std::move(sentence), std::move(suggestion));
}

}  // namespace plumbline
