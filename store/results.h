// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_RESULTS_H_
#define PLUMBLINE_STORE_RESULTS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace plumbline {

// One result that is served: what a standard says of one unit in one period. The body is RFC 8785
// JSON; size and as-of stand outside it (docs/formats/results.md).
struct ResultRow {
  std::string standard;    // id of the standard
  std::string level;       // "network", "outlet", ...
  std::string unit;        // outlet id, code, or "ALL" at the network level
  std::string period;      // "2015", "2015-03"
  std::string body;
  auto operator<=>(const ResultRow&) const = default;   // order: standard, level, unit, period
};

// What all rows of a results store stand for.
struct ResultsHeader {
  LedgerSize size;
  Instant as_of;
  std::string pack;
  std::string rule_hash;     // hexadecimal
};

// The served results: a projection that can be deleted and is made again. One writer, many
// readers; each object is used by one thread at a time.
class ResultsStore {
 public:
  virtual ~ResultsStore() = default;

  // In one transaction: sets the header, puts `changed`, removes `gone` (bodies ignored).
  virtual Status publish(const ResultsHeader& header, const std::vector<ResultRow>& changed,
                         const std::vector<ResultRow>& gone) = 0;
  // Removes everything.
  virtual Status clear() = 0;

  // Which rows are asked for; what is empty matches all.
  struct Filter {
    std::string standard, level, unit, period;
    std::vector<std::string> units = {};   // any of these
    std::string standard_prefix = {};      // "target.": all standards that begin so
  };

  // What was published at one moment, read as often as wanted. Used by one thread; it must end
  // before its store, and soon: until then the store's write-ahead log only grows.
  class View {
   public:
    virtual ~View() = default;
    virtual const ResultsHeader& header() const = 0;
    virtual Result<std::vector<ResultRow>> rows(const Filter& filter) = 0;   // sorted
    // The same rows without their bodies, which costs no reading of them.
    virtual Result<std::vector<ResultRow>> keys(const Filter& filter) = 0;   // sorted
  };
  // nullptr while nothing was published. One view at a time.
  virtual Result<std::unique_ptr<View>> view() = 0;

  // Header and the rows that match, from one view. nullopt while nothing was published.
  struct Snapshot {
    ResultsHeader header;
    std::vector<ResultRow> rows;   // sorted
  };
  virtual Result<std::optional<Snapshot>> read(const Filter& filter) = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_RESULTS_H_
