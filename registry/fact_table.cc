// SPDX-License-Identifier: Apache-2.0
#include "registry/fact_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/limits.h"
#include "packs/csv.h"
#include "packs/outside_text.h"
#include "packs/problem.h"

namespace plumbline {
namespace {

const std::string kOutlet = "outlet";
constexpr std::string_view kPlace = "place:";
// What a row of every kind has; kind and id are demanded.
const std::vector<std::string> kFactColumns = {"kind", "id", "from", "until"};
const std::vector<std::string> kOutletColumns = {"code", "name_zh", "name_en"};

bool holds(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_place(std::string_view column) {
  return column.starts_with(kPlace) && OutletId::parse(column.substr(kPlace.size())).ok();
}

std::vector<std::string> make_all_columns() {
  std::vector<std::string> columns = kFactColumns;
  columns.insert(columns.end(), kOutletColumns.begin(), kOutletColumns.end());
  for (const FactKind& kind : fact_kinds()) {
    for (const std::string& name : kind.attribute_names()) {
      if (!holds(columns, name)) columns.push_back(name);
    }
  }
  return columns;
}

const std::vector<std::string>& all_columns() {
  static const std::vector<std::string> kColumns = make_all_columns();
  return kColumns;
}

std::string with_suggestion(std::string sentence, const std::string& word,
                            const std::vector<std::string>& candidates) {
  std::string near = did_you_mean(word, candidates);
  return near.empty() ? sentence : fmt::format("{} (did you mean \"{}\"?)", sentence, near);
}

// "line 7: ..." of the CSV reader without the line, which stands in front of every sentence here.
std::string without_line(const std::string& sentence) {
  std::size_t colon = sentence.find(": ");
  bool named = sentence.starts_with("line ") && colon != std::string::npos;
  return named ? sentence.substr(colon + 2) : sentence;
}

}  // namespace

class FactTableReader {
 public:
  FactTableReader(FactTable& table, std::string_view text) : table_(table), csv_(text) {}

  void read() {
    if (!read_header()) return;
    while (true) {
      auto row = csv_.next();
      if (!row.ok()) {
        wrong("", without_line(row.error().text()));
        continue;
      }
      if (!row->has_value()) return;
      read_row(**row);
    }
  }

 private:
  // `Cells` of a row that are not empty, by column.
  using Cells = std::map<std::string, std::string>;

  void wrong(const std::string& column, std::string sentence) {
    table_.add(FactTable::Problem{csv_.line(), column, std::move(sentence)});
  }

  bool read_header() {
    auto header = csv_.next();
    if (!header.ok() || !header->has_value()) {
      wrong("", header.ok() ? "the file is empty; its first line names the columns"
                            : without_line(header.error().text()));
      return false;
    }
    columns_ = (*header)->cells;
    const std::vector<std::string>& known = all_columns();
    std::set<std::string> seen;
    for (const std::string& column : columns_) {
      if (!holds(known, column) && !is_place(column)) {
        wrong(outside_text(column), with_suggestion("this column is not known", column, known));
      } else if (!seen.insert(column).second) {
        wrong(column, "this column stands twice");
      }
    }
    for (const char* needed : {"kind", "id"}) {
      if (seen.contains(needed)) continue;
      wrong(needed, "this column is missing");
      usable_ = false;
    }
    return usable_;
  }

  void read_row(const CsvRow& row) {
    Cells cells;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!row.cells[i].empty()) cells.emplace(columns_[i], row.cells[i]);
    }
    if (cells.empty()) return;
    const std::string kind = take(cells, "kind");
    const std::string id = take(cells, "id");
    if (id.empty()) wrong("id", "it is missing");
    if (kind == kOutlet) return read_outlet(id, std::move(cells));
    if (const FactKind* known = fact_kind(kind)) return read_fact(*known, id, std::move(cells));
    std::vector<std::string> kinds = {kOutlet};
    for (const FactKind& one : fact_kinds()) kinds.push_back(one.id);
    wrong("kind", kind.empty()
                      ? "it is missing"
                      : with_suggestion(fmt::format("\"{}\" is none of {}", outside_text(kind),
                                                    fmt::join(kinds, ", ")),
                                        kind, kinds));
  }

  static std::string take(Cells& cells, const std::string& column) {
    auto found = cells.find(column);
    if (found == cells.end()) return "";
    std::string value = std::move(found->second);
    cells.erase(found);
    return value;
  }

  // What is left of a row's cells belongs to no column of its kind.
  void refuse(const std::string& kind, const Cells& left, const std::vector<std::string>& known) {
    for (const auto& [column, value] : left) {
      if (!holds(all_columns(), column) && !is_place(column)) continue;  // told at the header
      wrong(column, with_suggestion(fmt::format("a row of kind \"{}\" has no \"{}\", found \"{}\"",
                                                kind, column, outside_text(value)),
                                    column, known));
    }
  }

  bool stands_twice(const std::string& kind, const std::string& id) {
    auto [first, added] = seen_.try_emplace({kind, id}, csv_.line());
    if (added || id.empty()) return false;
    wrong("id", fmt::format("the {} \"{}\" stands twice; the first is on line {}", kind,
                            outside_text(id), first->second));
    return true;
  }

  void read_outlet(const std::string& id, Cells cells) {
    OutletAdded outlet;
    if (auto parsed = OutletId::parse(id); parsed.ok()) {
      outlet.outlet = *parsed;
    } else if (!id.empty()) {
      wrong("id", parsed.error().text());
    }
    outlet.code = take(cells, "code");
    outlet.name_zh = take(cells, "name_zh");
    outlet.name_en = take(cells, "name_en");
    std::erase_if(cells, [&](const auto& cell) {
      if (!is_place(cell.first)) return false;
      outlet.places.emplace(cell.first.substr(kPlace.size()), cell.second);
      return true;
    });
    refuse(kOutlet, cells, kOutletColumns);
    if (stands_twice(kOutlet, id)) return;
    for (AttributeProblem& problem : check_outlet(outlet)) {
      if (problem.attribute != "id") wrong(problem.attribute, std::move(problem.sentence));
    }
    if (outlet.outlet.empty()) return;
    table_.input_.outlets.push_back(std::move(outlet));
    table_.outlet_lines_.push_back(csv_.line());
  }

  std::optional<Date> take_date(Cells& cells, const std::string& column) {
    std::string text = take(cells, column);
    if (text.empty()) return std::nullopt;
    auto date = parse_date(text);
    if (date.ok()) return *date;
    wrong(column, fmt::format("\"{}\" is not a date in the form 2025-12-31", outside_text(text)));
    return std::nullopt;
  }

  void read_fact(const FactKind& kind, const std::string& id, Cells cells) {
    Fact fact;
    fact.kind = kind.id;
    fact.id = id;
    fact.from = take_date(cells, "from");
    fact.until = take_date(cells, "until");
    std::erase_if(cells, [&](const auto& cell) {
      if (kind.attribute(cell.first) == nullptr) return false;
      fact.attributes.emplace(cell.first, cell.second);
      return true;
    });
    refuse(kind.id, cells, kind.attribute_names());
    if (stands_twice(kind.id, id)) return;
    for (AttributeProblem& problem : check_fact(fact)) {
      bool told = table_.wrong_cells_.contains({csv_.line(), problem.attribute});
      if (!told) wrong(problem.attribute, std::move(problem.sentence));
    }
    if (id.empty()) return;
    table_.input_.facts.push_back(std::move(fact));
    table_.fact_lines_.push_back(csv_.line());
  }

  FactTable& table_;
  CsvReader csv_;
  std::vector<std::string> columns_;
  bool usable_ = true;
  std::map<std::pair<std::string, std::string>, std::size_t> seen_;  // -> line
};

FactTable FactTable::read(std::string file, std::string_view text) {
  FactTable table;
  table.file_ = std::move(file);
  FactTableReader(table, text).read();
  return table;
}

void FactTable::add(Problem problem) {
  wrong_cells_.emplace(problem.line, problem.column);
  problems_.push_back(std::move(problem));
}

void FactTable::add(const RegistryPlan::Wrong& wrong) {
  bool is_outlet = wrong.list == RegistryPlan::List::kOutlets;
  std::size_t line = (is_outlet ? outlet_lines_ : fact_lines_).at(wrong.at);
  if (wrong_cells_.contains({line, wrong.problem.attribute})) return;
  add(Problem{line, wrong.problem.attribute, wrong.problem.sentence});
}

std::string FactTable::problem_text() const {
  std::vector<const Problem*> sorted;
  for (const Problem& problem : problems_) sorted.push_back(&problem);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem* a, const Problem* b) { return a->line < b->line; });
  std::string text;
  std::size_t listed = std::min(sorted.size(), limits::kMaxReportedErrors);
  for (std::size_t i = 0; i < listed; ++i) {
    const Problem& problem = *sorted[i];
    text += fmt::format("{}:{}: ", file_, problem.line);
    if (!problem.column.empty()) text += fmt::format("column \"{}\": ", problem.column);
    text += problem.sentence + "\n";
  }
  if (listed < sorted.size()) {
    text += fmt::format("{} more problems are not listed\n", sorted.size() - listed);
  }
  return text;
}

}  // namespace plumbline
