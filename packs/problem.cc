// SPDX-License-Identifier: Apache-2.0
#include "packs/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/limits.h"

namespace plumbline {
namespace {

// Longer words are no slip of the keyboard, and comparing them costs the product of the lengths.
constexpr std::size_t kMaxComparedWord = 64;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions
// and swaps of neighbours; upper and lower case are the same.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      bool same = lower(a[i - 1]) == lower(b[j - 1]);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                     lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

auto order(const Problem& problem) {
  const Place& place = problem.place;
  return std::tie(place.file, place.line, place.column, problem.sentence);
}

}  // namespace

std::string Problem::text() const {
  std::string out = fmt::format("{}:{}:{}: {}", place.file, place.line, place.column, sentence);
  if (!suggestion.empty()) out += fmt::format(" (did you mean \"{}\"?)", suggestion);
  return out;
}

void Problems::add(Place place, std::string sentence, std::string suggestion) {
  if (problems_.size() >= limits::kMaxReportedErrors) {
    ++left_out_;
    return;
  }
  problems_.push_back({std::move(place), std::move(sentence), std::move(suggestion)});
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> out = problems_;
  std::stable_sort(out.begin(), out.end(),
                   [](const Problem& a, const Problem& b) { return order(a) < order(b); });
  return out;
}

std::string Problems::text() const {
  std::string out;
  for (const Problem& problem : sorted()) out += problem.text() + "\n";
  if (left_out_ > 0) out += fmt::format("{} more problems are not listed\n", left_out_);
  return out;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kMaxComparedWord) return "";
  std::size_t nearest = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kMaxComparedWord) continue;
    std::size_t apart = distance(word, candidate);
    if (apart < nearest && apart < candidate.size()) {
      nearest = apart;
      found = candidate;
    }
  }
  return found;
}

}  // namespace plumbline
