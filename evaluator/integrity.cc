// SPDX-License-Identifier: Apache-2.0
#include "evaluator/integrity.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "evaluator/standard_reader.h"

namespace plumbline {
namespace {

class SignalReader {
 public:
  SignalReader(const YamlNode& node, const RuleSet& rules, Problems& problems)
      : rules_(rules), context_{rules.pack.get(), problems}, map_(node, "a signal", problems) {}

  Signal read(std::set<std::string>& taken) {
    out_.id = read_id(map_, "id", taken, context_);
    if (auto title = read_title(map_, "title")) out_.title = *std::move(title);
    const Standard* standard = read_standard_id();
    const Indicator* indicator = nullptr;
    if (map_.node().find("flag") != nullptr) {
      read_flag();
    } else if (standard != nullptr) {
      std::size_t index = 0;
      indicator = find_scored_indicator(map_, *standard, context_, index);
      if (indicator != nullptr) out_.indicator = indicator->id;
    } else {
      map_.required("indicator");
    }
    read_bounds(indicator);
    if (auto least = map_.optional_integer("min_sample")) {
      out_.min_sample = *least;
      if (*least < 1) {
        context_.problems.add(place_of("min_sample"), "\"min_sample\" must be at least 1");
      }
    }
    out_.basis = read_basis(map_);
    map_.finish();
    return std::move(out_);
  }

 private:
  const Place& place_of(std::string_view key) const { return map_.node().find(key)->place; }

  const Standard* read_standard_id() {
    auto id = map_.required_text("standard");
    if (!id) return nullptr;
    std::vector<std::string> ids;
    for (const Standard& one : rules_.standards) {
      ids.push_back(one.id);
      if (one.id != *id) continue;
      out_.standard = one.id;
      out_.level = one.level;
      return &one;
    }
    context_.problems.add(place_of("standard"), fmt::format("there is no standard \"{}\"", *id),
                          did_you_mean(*id, ids));
    return nullptr;
  }

  void read_flag() {
    out_.flag = map_.optional_word("flag", {"late", "back_dated"}).value_or("");
    const bool has_limit = out_.flag == "late" ? rules_.pack->late_after.has_value()
                                               : rules_.pack->back_dated_after.has_value();
    if (!out_.flag.empty() && !has_limit) {
      context_.problems.add(place_of("flag"), fmt::format("pack.yaml has no \"{}_after\", so that "
                                                          "no event is flagged so",
                                                          out_.flag));
    }
    if (const YamlNode* indicator = map_.misplaced("indicator")) {
      context_.problems.add(indicator->place, "a signal is over a \"flag\" or an \"indicator\"");
    }
  }

  void read_bounds(const Indicator* indicator) {
    out_.above = map_.optional_decimal("above");
    out_.below = map_.optional_decimal("below");
    const bool has_above = map_.node().find("above") != nullptr;
    if (has_above == (map_.node().find("below") != nullptr)) {
      map_.problem(fmt::format("signal \"{}\" must have either \"above\" or \"below\", it has {}",
                               out_.id, has_above ? "both" : "neither"));
    }
    for (const char* key : {"above", "below"}) {
      const std::optional<Decimal>& bound = *key == 'a' ? out_.above : out_.below;
      if (!bound) continue;
      check_figure_bound(*bound, key, place_of(key), indicator, context_);
      if (out_.flag.empty() || (*bound >= Decimal{} && *bound <= Decimal::whole(1))) continue;
      context_.problems.add(place_of(key),
                            fmt::format("\"{}\" is {}, but the part of the events that are "
                                        "flagged lies within 0 and 1",
                                        key, format_decimal_short(*bound)));
    }
  }

  const RuleSet& rules_;
  StandardContext context_;
  MapReader map_;
  Signal out_;
};

struct Figure {
  Decimal value;
  std::int64_t n = 0;
};

// nullopt where there is no figure.
Result<std::optional<Figure>> figure_of(const Signal& signal, const Json& body) {
  if (!signal.flag.empty()) {
    ASSIGN_OR_RETURN(std::int64_t events, body.integer_at("events"));
    const Json* flags = body.find("flags");
    if (events == 0 || flags == nullptr || flags->find(signal.flag) == nullptr) {
      return std::optional<Figure>();
    }
    ASSIGN_OR_RETURN(std::int64_t flagged, flags->integer_at(signal.flag));
    ASSIGN_OR_RETURN(Decimal share, decimal_ratio(flagged, events));
    return std::optional<Figure>({share, events});
  }
  const Json* indicators = body.find("indicators");
  if (indicators == nullptr || !indicators->is_array()) {
    return Error(Code::kCorrupt, "it holds no indicators");
  }
  for (const Json& one : indicators->as_array()) {
    ASSIGN_OR_RETURN(std::string id, one.string_at("id"));
    if (id != signal.indicator) continue;
    const Json* value = one.find("value");
    if (value == nullptr || value->is_null()) break;
    ASSIGN_OR_RETURN(std::string text, one.string_at("value"));
    ASSIGN_OR_RETURN(Decimal figure, parse_decimal(text));
    ASSIGN_OR_RETURN(std::int64_t n, one.integer_at("n"));
    return std::optional<Figure>({figure, n});
  }
  return std::optional<Figure>();
}

bool is_beyond(const Signal& signal, Decimal value) {
  return signal.above ? value > *signal.above : value < *signal.below;
}

}  // namespace

std::vector<Signal> read_signals(const std::string& file, BytesView text, const RuleSet& rules,
                                 Problems& problems) {
  std::vector<Signal> signals;
  std::optional<YamlNode> root = parse_yaml(file, text, problems);
  if (!root) return signals;
  MapReader map(*root, "the integrity signals", problems);
  map.required_word("format", {"plumbline/integrity/v1"});
  const YamlNode* list = map.required("signals");
  map.finish();
  if (list == nullptr) return signals;
  const StandardContext context{rules.pack.get(), problems};
  std::set<std::string> taken;
  for (const YamlNode& item : read_list(*list, "\"signals\"", context)) {
    signals.push_back(SignalReader(item, rules, problems).read(taken));
  }
  return signals;
}

Result<std::vector<RaisedSignal>> raised_signals(const std::vector<Signal>& signals,
                                                 const ResultRow& row) {
  std::vector<RaisedSignal> raised;
  auto concerns = [&](const Signal& signal) {
    return signal.standard == row.standard && signal.level == row.level;
  };
  if (std::none_of(signals.begin(), signals.end(), concerns)) return raised;
  auto corrupt = [&](const Error& cause) {
    return Error(Code::kCorrupt, fmt::format("the result of {} {} in {} cannot be read: {}",
                                             row.level, row.unit, row.period, cause.sentence()));
  };
  Result<Json> body = Json::parse(row.body);
  if (!body.ok()) return corrupt(body.error());
  for (std::size_t i = 0; i < signals.size(); ++i) {
    if (!concerns(signals[i])) continue;
    Result<std::optional<Figure>> figure = figure_of(signals[i], *body);
    if (!figure.ok()) return corrupt(figure.error());
    if (!*figure || (*figure)->n < signals[i].min_sample) continue;
    if (!is_beyond(signals[i], (*figure)->value)) continue;
    raised.push_back({i, row.unit, row.period, (*figure)->value, (*figure)->n});
  }
  return raised;
}

}  // namespace plumbline
