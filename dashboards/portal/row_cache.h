// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_ROW_CACHE_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_ROW_CACHE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/mutex.h"
#include "store/results.h"

namespace plumbline {

// What lists show of an outlet's result.
struct ScoredRow {
  std::string unit, period, standard;
  std::string verdict;
  std::optional<std::string> score, grade, grade_by_score;
  bool grade_limited = false;
  bool failed = false;  // the score could not be computed exactly
  std::string weight_without_data;
  std::string weight_exempt;  // "" without any
  struct Veto {
    std::string id, since, finding;
  };
  std::vector<Veto> vetoes;
  struct Cap {
    std::string id, grade;
  };
  std::vector<Cap> caps;
  struct Unmet {
    std::string grade, block, at_least, points;  // no points without data
  };
  std::vector<Unmet> unmet;  // conditions that do not hold, from the best grade down
  std::int64_t events = 0;
  std::int64_t set_aside = 0;
  struct Weakest {
    std::string criterion, points, weight;
  };
  std::optional<Weakest> weakest;  // the criterion that loses the most points
};
ScoredRow scored_row(const ResultRow& row, const Json& body);

// Bodies that were read before need not be parsed again. A row is known by its key and the hash
// of its body, so the cache holds nothing that a caller has not read himself. Safe from any
// thread.
class RowCache {
 public:
  // kCorrupt for a body that is not JSON.
  Result<std::shared_ptr<const ScoredRow>> scored(const ResultRow& row);
  Result<std::shared_ptr<const Json>> body(const ResultRow& row);

 private:
  // 10,000 outlets with 3 years of months and years at about 1 KB each are 400 MB; a list shows one
  // period, so four periods are kept.
  static constexpr std::size_t kMaxScored = 40'000;
  static constexpr std::size_t kMaxBodies = 2'000;

  template <typename Value>
  struct Kept {
    Hash hash;
    std::shared_ptr<const Value> value;
  };
  template <typename Value>
  using ByKey = std::map<std::string, Kept<Value>>;

  Mutex mutex_;
  ByKey<ScoredRow> scored_ GUARDED_BY(mutex_);
  ByKey<Json> bodies_ GUARDED_BY(mutex_);
};

// Answers that stay the same while what they are made from does, by a key that names all of that
// and the scope. Safe from any thread.
class AnswerMemo {
 public:
  std::shared_ptr<const Json> find(const std::string& key);
  // `made_from`: objects whose addresses stand in the key, kept so that nothing else gets them.
  void keep(const std::string& key, std::shared_ptr<const Json> answer,
            std::vector<std::shared_ptr<const void>> made_from);

 private:
  static constexpr std::size_t kMaxAnswers = 64;
  Mutex mutex_;
  struct Kept {
    std::string key;
    std::shared_ptr<const Json> answer;
    std::vector<std::shared_ptr<const void>> made_from;
  };
  std::vector<Kept> kept_ GUARDED_BY(mutex_);  // the newest last
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_ROW_CACHE_H_
