// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_PLAIN_BATCH_H_
#define PLUMBLINE_EVALUATOR_PLAIN_BATCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "model/wire/batch.h"
#include "packs/pack.h"

namespace plumbline {

// What a block of a batch is to the pack.
struct PlainBlock {
  std::uint16_t type = 0;             // position in EventCatalog::types
  std::uint16_t step = 0;             // in TypeSpec::steps; 0 for a type without steps
  std::vector<std::uint16_t> fields;  // of each column: in TypeSpec::fields
};

// Tells batches of which every event fits the pack from those that Intake has to look at event by
// event. check_event() decides: what it has accepted once, the presence of a set of fields or a
// text of a field, is not asked again, because its rules look at these, at each number and at the
// subject one by one. So most batches cost a pass over their columns. Used by one thread at a time.
class PlainCheck {
 public:
  // `pack` must outlive the object.
  explicit PlainCheck(const Pack& pack);

  // True when Intake would accept every event and there is no amendment. False says nothing.
  // `content` must be one that decode_content() gave.
  bool all_fit(const Content& content, Instant recorded_at);
  // Of the content for which all_fit() was true last, as its blocks.
  const std::vector<PlainBlock>& blocks() const { return blocks_; }

 private:
  struct KnownType {
    std::uint16_t type = 0;
    std::uint16_t step = 0;
    const TypeSpec* spec = nullptr;
    std::vector<std::uint64_t> masks;  // sets of fields that check_event() has accepted
    std::vector<std::unordered_set<std::string>> texts;  // by field, likewise
  };

  bool block_fits(const EventBlock& block, PlainBlock& plain);
  bool map_columns(const EventBlock& block, const KnownType& known, PlainBlock& plain) const;
  bool subjects_fit(const EventBlock& block) const;
  bool numbers_fit(const EventBlock& block) const;
  bool fields_fit(const EventBlock& block, const PlainBlock& plain, KnownType& known);
  bool texts_fit(const EventBlock& block, const PlainBlock& plain, KnownType& known);
  bool event_fits(const EventBlock& block, std::size_t row) const;

  const Pack& pack_;
  std::map<std::string, KnownType, std::less<>> types_;
  std::vector<PlainBlock> blocks_;
  std::vector<std::uint64_t> masks_;  // by row
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_PLAIN_BATCH_H_
