// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_STANDARD_READER_H_
#define PLUMBLINE_EVALUATOR_STANDARD_READER_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/standard.h"
#include "packs/yaml.h"

// The parts that read standards/*.yaml. Each reports what is wrong and gives back what it could
// read, so that all problems of a file come at once; the values count only where no problem did.
namespace plumbline {

// What the parts of one file share. `pack` is nullptr where the pack itself could not be read:
// then nothing is checked against it.
struct StandardContext {
  const Pack* pack = nullptr;
  Problems& problems;
};

Standard read_standard(const YamlNode& root, const StandardContext& context);

// The map of indicators, in file order.
std::vector<Indicator> read_indicators(const YamlNode& node, const StandardContext& context);

// The list of blocks with their criteria, whose weights sum to 100.
std::vector<Block> read_blocks(const YamlNode& node, const Standard& standard,
                               const StandardContext& context);

// The list of grades, from the best to the one that begins at 0; after the blocks.
std::vector<Grade> read_grades(const YamlNode& node, const Standard& standard,
                               const StandardContext& context);

// What `requires` of each grade asks for; `node` is the list of grades, `grades` what was read of
// it.
void read_grade_conditions(const YamlNode& node, const Standard& standard,
                           const StandardContext& context, std::vector<Grade>& grades);

// The lists of vetoes and of caps, after level, indicators and grades.
void read_vetoes(const YamlNode& node, Standard& out, const StandardContext& context);
void read_caps(const YamlNode& node, Standard& out, const StandardContext& context);

// The indicator that the key "indicator" names, which must have a figure at the standard's level;
// nullptr when there is none. `index` is its place in Standard::indicators.
const Indicator* find_scored_indicator(MapReader& map, const Standard& standard,
                                       const StandardContext& context, std::size_t& index);

// Reports a bound that the figure of `indicator` (which may be nullptr) can never be.
void check_figure_bound(Decimal value, std::string_view name, const Place& place,
                        const Indicator* indicator, const StandardContext& context);

// The text under `key`, which must be [a-z][a-z0-9_]{0,63} and not stand in `taken`.
std::string read_id(MapReader& map, std::string_view key, std::set<std::string>& taken,
                    const StandardContext& context);
// Reports at `place` and is false when `id` is no id or is taken.
bool check_id(const std::string& id, const Place& place, std::set<std::string>& taken,
              const StandardContext& context);

// The items of the list `node`; reports at the node when it is no list or an empty one.
const std::vector<YamlNode>& read_list(const YamlNode& node, std::string_view what,
                                       const StandardContext& context);

FigureKind figure_kind(const Indicator& indicator);

// The aggregate of an indicator over cases, as it is written.
std::string_view aggregate_word(Aggregate aggregate);

// True where the figure over cases is a whole number by nature.
bool is_whole(const Indicator& indicator);

// True where the map of an indicator has "sum" or "ratio", and so is over others.
bool is_over_indicators(const YamlNode& body);

// One indicator over others. `known` as they stand in the file, those over others not yet read.
Indicator read_indicator_over(const YamlNode& key, const YamlNode& body,
                              const std::vector<Indicator>& known, const StandardContext& context);

// The unit's word and decimals, which must suit a figure of that kind.
void read_figure_unit(MapReader& map, FigureKind kind, Indicator& out,
                      const StandardContext& context);

// The list of levels.
void read_indicator_levels(MapReader& map, Indicator& out, const StandardContext& context);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_STANDARD_READER_H_
