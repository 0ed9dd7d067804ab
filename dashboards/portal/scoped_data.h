// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_SCOPED_DATA_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_SCOPED_DATA_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dashboards/portal/place_tree.h"
#include "dashboards/portal/results_pool.h"
#include "dashboards/portal/row_cache.h"
#include "dashboards/portal/sources.h"

namespace plumbline {

// What all requests share. Safe from any thread.
class DataRoom {
 public:
  // What `sources` names must outlive the room.
  explicit DataRoom(const PortalSources& sources)
      : sources_(sources), results_(sources.open_results) {}

 private:
  friend class ScopedData;
  const PortalSources& sources_;
  ResultsPool results_;
  RowCache rows_;
  AnswerMemo answers_;
  PlaceTrees trees_;
};

// The data of one request as an account may see it: one moment of the results, and the registry's
// facts as they stood at that moment's ledger size. It is the only way to results, facts and
// cases, and it answers within the scope alone: a unit outside it is kNotFound, in the same words
// as one that there is not. docs/decisions/0014-portal-scope.md.
//
// Used by one thread, for one request.
class ScopedData {
 public:
  // nullptr while nothing was published. kUnavailable for a database that stays busy. `room` must
  // outlive the data.
  static Result<std::unique_ptr<ScopedData>> open(DataRoom& room, const Scope& scope);

  const Scope& scope() const { return scope_; }
  Date today() const { return tree_->day(); }  // as-of's day
  Json standing() const;

  // Ok when the unit is there and in the scope, else kNotFound.
  Status admit(ScopeLevel level, const std::string& unit) const;

  // Places and outlets. Names of divisions are no secret: an outlet may know its city's.
  Json place_json(ScopeLevel level, const std::string& code) const;  // {"code","name"} or null
  std::vector<const PlaceTree::Division*> cities() const;
  std::vector<const PlaceTree::Division*> counties() const;
  std::vector<const PlaceTree::Division*> counties_of(const std::string& city) const;
  std::vector<const OutletAdded*> outlets() const;  // all in the scope
  std::vector<const OutletAdded*> outlets_of(ScopeLevel level, const std::string& unit) const;
  const OutletAdded* outlet(const std::string& id) const;  // nullptr outside
  std::string county_of(const OutletAdded& outlet) const { return tree_->county_of(outlet); }
  std::string city_of(const OutletAdded& outlet) const { return tree_->city_of(outlet); }
  std::string county_today(const std::string& code) const { return tree_->today(code); }

  // Facts known at the snapshot's size. Pointers live as long as this object.
  std::vector<const FactBook::Version*> facts(std::string_view kind) const;
  const FactBook::Version* fact(std::string_view kind, const std::string& id) const;
  // Of a fact in the scope: whether it was recorded before in another form.
  bool is_corrected(const FactBook::Version& version) const;
  // The document that a fact in the scope names; nullptr when it names none.
  const Fact* document_of(const Fact& fact) const;
  // The newest versions of facts, the last recorded first; withdrawn ones too.
  std::vector<const FactBook::Version*> newest_facts(std::size_t most) const;
  LocalTime local(Instant at) const;
  std::string minute_text(Instant at) const;  // "2026-10-31 08:01", local time

  // Results. Outside the network's scope a filter names its level.
  Result<std::vector<ResultRow>> rows(ResultsStore::Filter filter);
  Result<std::vector<ResultRow>> keys(ResultsStore::Filter filter);
  Result<std::shared_ptr<const ScoredRow>> scored(const ResultRow& row);
  Result<std::shared_ptr<const Json>> body(const ResultRow& row);

  // The rule set that is served, in words; an object without members where nobody gives it.
  const Json& rules() const;
  // False while the evaluator has no rule set to serve yet.
  bool has_rules() const { return rules_ != nullptr || room_.sources_.evaluator == nullptr; }
  // The query's outlet must lie in the scope. kNotFound otherwise. What a closed period's figure
  // was made of is listed as it stood then.
  Result<Json> cases(const CaseQuery& query);

  // How a result of an outlet in the scope comes about, as `cases` tells it; of a closed period as
  // it is published. kNotFound otherwise.
  Result<Json> explanation(const ResultKey& key, std::uint64_t cases);

  // The closings of a standard's period that the results know, in the order of their revisions.
  std::vector<const RegistryState::Closing*> closings(const std::string& standard,
                                                      const std::string& period) const;
  // Why an outlet's result is another one since a closing: until another, or now. kNotFound
  // outside the scope.
  Result<Json> difference(const ResultKey& key, const PeriodClosed& before,
                          const PeriodClosed* after);

  // Who of these outlets is heard; those outside the scope are left out. As of now, not as of the
  // results. kUnavailable where nobody tells.
  Result<std::vector<OutletPresence>> presence(
      const std::vector<const OutletAdded*>& outlets) const;

  // The streams of these outlets in the order of their enrolment, with what is on record of each
  // and what its batches tell; outlets outside the scope are left out. As of now, not as of the
  // results. kUnavailable where nobody tells.
  struct OutletStreams {
    const OutletAdded* outlet;
    const std::vector<RegistryView::Stream>* streams;  // lives as long as this object
    OutletDoubts doubts;
  };
  Result<std::vector<OutletStreams>> streams(const std::vector<const OutletAdded*>& outlets) const;

  // What `make` answers, made once for this scope and moment. `name` tells answers apart.
  Result<Json> remembered(const std::string& name, const std::function<Result<Json>()>& make);

  // The ledger as a whole: for the network's scope alone, kNotFound otherwise.
  struct LedgerFacts {
    std::optional<PublishedCheckpoint> checkpoint;
    std::string verifier;
  };
  Result<LedgerFacts> ledger() const;

 private:
  ScopedData(DataRoom& room, Scope scope, std::unique_ptr<ResultsPool::Lease> lease);
  bool sees(const Fact& fact) const;
  bool sees_place(const std::string& code) const;
  bool sees(const ResultRow& row) const;
  // False when nothing in the scope can match.
  bool narrow(ResultsStore::Filter& filter) const;
  // The version that was known at the snapshot's size.
  const FactBook::Version* as_known(const FactBook::Version& latest) const;
  const ResultsHeader& header() const { return header_; }

  DataRoom& room_;
  const Scope scope_;
  std::unique_ptr<ResultsPool::Lease> lease_;
  const ResultsHeader header_;
  std::shared_ptr<const RegistryView> registry_;  // taken after the header, so never older
  std::shared_ptr<const PlaceTree> tree_;
  std::shared_ptr<const Json> rules_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_SCOPED_DATA_H_
