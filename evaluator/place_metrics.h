// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_PLACE_METRICS_H_
#define PLUMBLINE_EVALUATOR_PLACE_METRICS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "registry/fact_book.h"

namespace prometheus {
template <typename T>
class Family;
class Gauge;
class Registry;
}  // namespace prometheus

namespace plumbline {

// The names of places, for dashboards whose other series hold codes. Used by one thread.
//
//   plumbline_county_info{pack,county,county_name_zh,county_name_en,city,city_name_zh,
//                         city_name_en}   1 for each county of the day; a name that the registry
//                                         does not have in English is given in Chinese
class PlaceMetrics {
 public:
  // `registry` must outlive the metrics.
  explicit PlaceMetrics(prometheus::Registry& registry);

  // Shows the divisions of the level "county" that are true on `day`. Costs nothing while neither
  // of the three is another than the last time.
  void show(const std::string& pack, const FactBook& facts, Date day);

 private:
  using Labels = std::map<std::string, std::string>;
  struct Seen {
    std::string pack;
    std::uint64_t additions = 0;
    Date day;
    bool operator==(const Seen&) const = default;
  };

  prometheus::Family<prometheus::Gauge>& counties_;
  std::map<Labels, prometheus::Gauge*> shown_;
  std::optional<Seen> seen_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_PLACE_METRICS_H_
