// SPDX-License-Identifier: Apache-2.0
#include "tests/evaluator/oracle_model.h"

#include <algorithm>
#include <set>

namespace oracle {
namespace {

constexpr Ms kHour = 3'600'000;
constexpr Ms kDay = 24 * kHour;

// New York in the year 2015: summer time from March 8th 07:00 UTC to November 1st 06:00 UTC.
Ms local(Ms utc) {
  bool summer = utc >= 1'425'798'000'000 && utc < 1'446'357'600'000;
  return utc - (summer ? 4 : 5) * kHour;
}

// "2015-03" for instants of 2015, "" for others.
std::string month_of(Ms utc) {
  const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  Ms clock = local(utc);
  Ms day = 16'436;  // 2015-01-01
  if (clock < day * kDay) return "";
  for (int month = 1; month <= 12; ++month) {
    day += lengths[month - 1];
    if (clock < day * kDay) return (month < 10 ? "2015-0" : "2015-") + std::to_string(month);
  }
  return "";
}

bool within(Ms utc, const std::string& period) {
  std::string month = month_of(utc);
  return period == "2015" ? !month.empty() : month == period;
}

struct Story {
  std::string outlet;
  std::optional<Ms> opened, closed, visited;
  std::map<std::string, long long> numbers;
  std::map<std::string, std::string> words;
  bool has(const std::string& number) const { return numbers.contains(number); }
  bool late(Ms as_of) const {
    return !closed && !visited && has("due") && as_of > numbers.at("due");
  }
  std::string word(const std::string& name) const {
    auto found = words.find(name);
    return found == words.end() ? "" : found->second;
  }
};

struct World {
  std::vector<Story> stories;
  std::map<std::string, std::size_t> duplicates;  // by outlet
};

bool is_remark(const Reported& event) {
  return event.what == "correct" || event.what == "void";
}

// The list as it reads once everything said of its events is applied: a corrected event carries
// its new values, a void one is "gone". Remarks come to "done", or to "again" where the event was
// gone already.
std::vector<Reported> edited(std::vector<Reported> events, std::size_t prefix, Ms as_of) {
  for (Reported& remark : events) {
    if (!is_remark(remark) || remark.entry >= prefix || remark.time > as_of) continue;
    Reported& target = events[remark.said_of];
    if (target.what == "gone") {
      remark.what = "again";
      continue;
    }
    if (remark.what == "void") target.what = "gone";
    for (const auto& [name, number] : remark.numbers) target.numbers[name] = number;
    for (const auto& [name, text] : remark.words) target.words[name] = text;
    target.corrected = true;
    remark.what = "done";
  }
  return events;
}

bool is_act(const Reported& event) {
  return event.what == "opened" || event.what == "closed" || event.what == "visit";
}

World read(const std::vector<Reported>& events, std::size_t prefix, Ms as_of) {
  World world;
  std::map<std::vector<std::string>, std::size_t> known;
  for (const Reported& event : events) {
    if (event.entry >= prefix || event.time > as_of) continue;
    if (event.what == "again") ++world.duplicates[event.outlet];
    if (!is_act(event)) continue;
    std::string kind = event.what == "visit" ? "visit" : "request";
    auto [found, is_new] = known.emplace(
        std::vector<std::string>{event.outlet, kind, event.subject}, world.stories.size());
    if (is_new) world.stories.emplace_back().outlet = event.outlet;
    Story& story = world.stories[found->second];
    std::optional<Ms>& moment = event.what == "visit"    ? story.visited
                                : event.what == "opened" ? story.opened
                                                         : story.closed;
    if (moment) {
      ++world.duplicates[event.outlet];
      continue;
    }
    moment = event.time;
    for (const auto& [name, number] : event.numbers) story.numbers[name] = number;
    for (const auto& [name, text] : event.words) story.words[name] = text;
  }
  return world;
}

std::string line(std::size_t n, const std::string& numerator, const std::string& value) {
  return std::to_string(n) + " " + numerator + " " + value;
}

std::string share(const std::vector<const Story*>& of, std::size_t good, int decimals) {
  std::string value =
      of.empty() ? "null"
                 : long_division(static_cast<Int>(good), static_cast<Int>(of.size()), decimals);
  return line(of.size(), std::to_string(good), value);
}

std::string rank(std::vector<long long> sorted, int percent, int decimals) {
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) return line(0, "absent", "null");
  std::size_t place = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
  return line(sorted.size(), "absent", long_division(sorted[place - 1], kHour, decimals));
}

// All cases of `from` that pass; the period's date has been looked at before.
template <typename Pass>
std::vector<const Story*> those(const std::vector<const Story*>& from, Pass pass) {
  std::vector<const Story*> out;
  std::copy_if(from.begin(), from.end(), std::back_inserter(out),
               [&](const Story* story) { return pass(*story); });
  return out;
}

template <typename Figure>
void put(Answer& answer, const std::string& id, const std::vector<const Story*>& stories,
         const std::vector<std::string>& fields, Figure figure) {
  answer.figures[id][""] = figure(stories);
  for (const std::string& field : fields) {
    std::set<std::string> groups;
    for (const Story* story : stories) groups.insert(story->word(field));
    for (const std::string& group : groups) {
      answer.figures[id][field + "=" + group] =
          figure(those(stories, [&](const Story& story) { return story.word(field) == group; }));
    }
  }
}

std::string sum_of(const std::vector<const Story*>& of, const std::string& name, Int per,
                   int decimals) {
  Int sum = 0;
  for (const Story* story : of) sum += story->numbers.at(name);
  return line(of.size(), "absent", long_division(sum, per, decimals));
}

std::vector<long long> durations(const std::vector<const Story*>& of) {
  std::vector<long long> out;
  for (const Story* story : of) out.push_back(*story->closed - *story->opened);
  return out;
}

// What is made of other figures. Acts: requests opened and people visited. Fees and notes for each.
void figures_over_figures(Answer& answer, const std::vector<const Story*>& opened,
                          const std::vector<const Story*>& visits,
                          const std::vector<const Story*>& paid, bool with_fees) {
  Int acts = static_cast<Int>(opened.size());
  for (const Story* story : visits) acts += story->numbers.at("people");
  std::size_t n = opened.size() + visits.size();
  answer.figures["acts"][""] = line(n, "absent", long_division(acts, 1, 0));
  if (!with_fees) return;
  Int fees = 0;
  for (const Story* story : paid) fees += story->numbers.at("fee");
  if (acts < 0) fees = -fees;
  Int for_each = acts < 0 ? -acts : acts;
  answer.figures["fee_per_act"][""] =
      line(n, "absent", acts == 0 ? "null" : long_division(fees, 1'000'000 * for_each, 4));
  std::set<std::string> texts;
  for (const Story* story : opened) {
    if (story->words.contains("note")) texts.insert(story->word("note"));
  }
  answer.figures["notes_per_opened"][""] =
      line(opened.size(), "absent",
           opened.empty()
               ? "null"
               : long_division(static_cast<Int>(texts.size()), static_cast<Int>(opened.size()), 6));
  // The cap: above 0.4 with two opened or more.
  answer.capped = opened.size() >= 2 && 10 * texts.size() > 4 * opened.size();
}

// The nine indicators of the pack, at the levels that declare them.
void figures(Answer& answer, const std::string& level, const std::vector<const Story*>& mine,
             const std::string& period, Ms as_of) {
  bool network = level == "network", city = level == "city", outlet = level == "outlet";
  auto by_opening =
      those(mine, [&](const Story& s) { return s.opened && within(*s.opened, period); });
  auto by_closing =
      those(mine, [&](const Story& s) { return s.closed && within(*s.closed, period); });
  put(answer, "opened", by_opening, {"channel", "district"},
      [](const auto& of) { return line(of.size(), "absent", std::to_string(of.size())); });
  auto judged = those(by_opening,
                      [&](const Story& s) { return s.has("due") && (s.closed || s.late(as_of)); });
  auto on_time = [](const auto& of) {
    auto good =
        those(of, [](const Story& s) { return s.closed && *s.closed <= s.numbers.at("due"); });
    return share(of, good.size(), 6);
  };
  put(answer, "on_time", judged, {"channel"}, on_time);
  auto timed = those(by_opening, [](const Story& s) { return s.closed && *s.closed >= *s.opened; });
  if (network || outlet) {
    put(answer, "hours", timed, {"district"},
        [](const auto& of) { return rank(durations(of), 50, 4); });
    put(answer, "overdue_open", by_opening, {}, [&](const auto& of) {
      return share(of, those(of, [&](const Story& s) { return s.late(as_of); }).size(), 4);
    });
    auto paid = those(by_closing, [](const Story& s) { return s.has("fee"); });
    put(answer, "fees", paid, {}, [](const auto& of) { return sum_of(of, "fee", 1'000'000, 2); });
    auto noted = those(by_opening, [](const Story& s) { return s.words.contains("note"); });
    put(answer, "notes", noted, {}, [](const auto& of) {
      std::set<std::string> texts;
      for (const Story* story : of) texts.insert(story->word("note"));
      return line(of.size(), "absent", std::to_string(texts.size()));
    });
  }
  if (network || city) {
    put(answer, "slow_hours", timed, {}, [](const auto& of) { return rank(durations(of), 90, 1); });
    auto counted = those(by_closing, [](const Story& s) { return s.has("items"); });
    put(answer, "items", counted, {}, [](const auto& of) {
      if (of.empty()) return line(0, "absent", "null");
      return sum_of(of, "items", static_cast<Int>(of.size()), 3);
    });
  }
  auto visits =
      those(mine, [&](const Story& s) { return s.visited && within(*s.visited, period); });
  put(answer, "people", visits, {}, [](const auto& of) { return sum_of(of, "people", 1, 0); });
  auto paid = those(by_closing, [](const Story& s) { return s.has("fee"); });
  figures_over_figures(answer, by_opening, visits, paid, network || outlet);
}

// The whole number of cents nearest to numerator / denominator, found by trying them all.
int nearest_cent(Int numerator, Int denominator, int most) {
  if (numerator <= 0) return 0;
  for (int cents = 0; cents <= most; ++cents) {
    if (2 * numerator < (2 * Int{cents} + 1) * denominator) return cents;
  }
  return most;
}

// The best grade asks for 66 points of speed and 20 of backlog, the second for 15 of backlog.
void ask_of_blocks(Answer& answer, std::optional<int> speed, std::optional<int> backlog) {
  auto ask = [&](const std::string& of, std::optional<int> cents, int least) {
    bool enough = cents && *cents >= least;
    answer.conditions += of + " " + (cents ? long_division(*cents, 100, 2) : "null") +
                         (enough ? " true;" : " false;");
    return enough;
  };
  bool fast = ask("top speed", speed, 6600);
  bool clear = ask("top backlog", backlog, 2000);
  bool tidy = ask("good backlog", backlog, 1500);
  if (answer.grade == "top" && !(fast && clear)) answer.grade = "good";
  if (answer.grade == "good" && !tidy) answer.grade = "low";
  if (answer.grade != "null" && answer.capped) answer.grade = "low";
}

// Points by the standard's three criteria: 45.5 and 24.5 in one block, 30 in the other.
void score(Answer& answer, const std::vector<const Story*>& mine, const std::string& period,
           Ms as_of) {
  auto opened = those(mine, [&](const Story& s) { return s.opened && within(*s.opened, period); });
  auto judged =
      those(opened, [&](const Story& s) { return s.has("due") && (s.closed || s.late(as_of)); });
  auto prompt =
      those(judged, [](const Story& s) { return s.closed && *s.closed <= s.numbers.at("due"); });
  auto timed = those(opened, [](const Story& s) { return s.closed && *s.closed >= *s.opened; });
  auto late = those(opened, [&](const Story& s) { return s.late(as_of); });
  bool a = judged.size() >= 2, b = !timed.empty(), c = !opened.empty();
  // What each weighs in cents when the others lack data, worked out by hand.
  const std::map<std::string, std::vector<int>> weights = {
      {"abc", {4550, 2450, 3000}}, {"ab", {6500, 3500, 0}}, {"ac", {7000, 0, 3000}},
      {"bc", {0, 7000, 3000}},     {"a", {10'000, 0, 0}},   {"b", {0, 10'000, 0}},
      {"c", {0, 0, 10'000}},       {"", {0, 0, 0}}};
  std::string present = std::string(a ? "a" : "") + (b ? "b" : "") + (c ? "c" : "");
  const std::vector<int>& weight = weights.at(present);
  int missing = (a ? 0 : 4550) + (b ? 0 : 2450) + (c ? 0 : 3000);
  int total = 0;
  int prompt_cents = 0, speed_cents = 0, late_cents = 0;
  bool all_met = true;
  if (a) {
    auto n = static_cast<Int>(judged.size()), x = static_cast<Int>(prompt.size());
    prompt_cents = nearest_cent(weight[0] * (100 * x - 40 * n), 55 * n, weight[0]);
    all_met = all_met && 10 * x >= 9 * n;
  }
  if (b) {
    std::vector<long long> sorted = durations(timed);
    std::sort(sorted.begin(), sorted.end());
    long long median = sorted[(sorted.size() - 1) / 2];
    int percent = median <= 24 * kHour ? 100 : median <= 100 * kHour ? 60 : 10;
    speed_cents = nearest_cent(Int{weight[1]} * percent, 100, weight[1]);
    all_met = all_met && median <= 24 * kHour;
  }
  if (c) {
    auto n = static_cast<Int>(opened.size()), x = static_cast<Int>(late.size());
    late_cents = nearest_cent(weight[2] * (n - 2 * x), n, weight[2]);
    all_met = all_met && 10 * x <= n;
  }
  total = prompt_cents + speed_cents + late_cents;
  answer.score = present.empty() ? "null" : long_division(total, 100, 2);
  answer.grade = total >= 9000 ? (missing > 0 ? "good" : "top") : total >= 6000 ? "good" : "low";
  if (missing > 4000) answer.grade = "null";
  if (!present.empty()) {
    std::optional<int> speed, backlog;  // cents, as of 70 and of 30 points
    if (a || b) {
      speed = nearest_cent(7000 * Int{prompt_cents + speed_cents}, weight[0] + weight[1], 7000);
    }
    if (c) backlog = nearest_cent(3000 * Int{late_cents}, weight[2], 3000);
    ask_of_blocks(answer, speed, backlog);
  }
  answer.verdict = missing > 4000 ? "insufficient_data"
                   : !all_met     ? "not_met"
                   : missing > 0  ? "insufficient_data"
                                  : "met";
}

}  // namespace

std::string long_division(Int numerator, Int denominator, int decimals) {
  bool negative = numerator < 0;
  if (negative) numerator = -numerator;
  std::string digits;
  for (Int whole = numerator / denominator; whole > 0; whole /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(whole % 10)));
  }
  if (digits.empty()) digits = "0";
  Int rest = numerator % denominator;
  for (int i = 0; i < decimals; ++i) {
    rest *= 10;
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest / denominator)));
    rest %= denominator;
  }
  if (2 * rest >= denominator) {
    std::size_t at = digits.size();
    while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (at == 0) {
      digits.insert(digits.begin(), '1');
    } else {
      ++digits[at - 1];
    }
  }
  bool zero = digits.find_first_not_of('0') == std::string::npos;
  if (decimals > 0) digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
  return (negative && !zero ? "-" : "") + digits;
}

std::map<std::vector<std::string>, Answer> answers(const std::vector<Reported>& reported,
                                                   const std::vector<Place>& outlets,
                                                   std::size_t prefix, Ms as_of) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> units;
  units[{"network", "ALL"}] = {};
  for (const Place& place : outlets) {
    units[{"network", "ALL"}].insert(place.outlet);
    if (!place.city.empty()) units[{"city", place.city}].insert(place.outlet);
    units[{"outlet", place.outlet}].insert(place.outlet);
  }
  std::vector<std::string> periods;
  for (Ms at = 1'420'088'400'000; at <= as_of; at += kHour) {  // from 2015-01-01 local midnight
    if (periods.empty() || periods.back() != month_of(at)) periods.push_back(month_of(at));
  }
  if (!periods.empty()) periods.push_back("2015");

  std::vector<Reported> events = edited(reported, prefix, as_of);
  World world = read(events, prefix, as_of);
  std::map<std::vector<std::string>, Answer> out;
  for (const auto& [unit, members] : units) {
    std::vector<const Story*> mine;
    for (const Story& story : world.stories) {
      if (members.contains(story.outlet)) mine.push_back(&story);
    }
    for (const std::string& period : periods) {
      Answer answer;
      for (const Reported& event : events) {
        if (event.entry >= prefix || !members.contains(event.outlet)) continue;
        if (event.what == "bad") {
          ++answer.set_aside;
        } else if (event.time <= as_of && event.what == "gone") {
          ++answer.voided;
        } else if (event.time <= as_of && is_act(event) && event.corrected) {
          ++answer.corrected;
        }
        if (is_act(event) && event.time <= as_of && within(event.time, period)) {
          ++answer.events;
          Ms sealed = event.sealed > event.recorded ? event.recorded : event.sealed;
          if (event.live && event.recorded > event.time + 20 * kDay) ++answer.late;
          if (event.live && sealed > event.time + 30 * kDay) ++answer.back_dated;
        }
      }
      for (const std::string& member : members) answer.duplicates += world.duplicates[member];
      figures(answer, unit.first, mine, period, as_of);
      answer.verdict = "not_applicable";
      answer.score = answer.grade = "null";
      if (unit.first == "outlet" && answer.events == 0) answer.verdict = "not_reported";
      if (unit.first == "outlet" && answer.events > 0) score(answer, mine, period, as_of);
      out[{unit.first, unit.second, period}] = answer;
    }
  }
  return out;
}

}  // namespace oracle
