// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_WORDS_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_WORDS_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"

// Every text of the portal that officials read, in both languages, in the words of docs/words.md.
namespace plumbline::words {

struct Text {
  std::string zh, en;
  Json json() const;  // {"zh","en"}
};

// A name that the registry or a pack gives; where one language is missing the other stands in.
Json name_json(const std::string& zh, const std::string& en);
// The text of a {"zh","en"} in both languages; `otherwise` for anything else.
Text text_of(const Json* title, const std::string& otherwise);

Text verdict(std::string_view id);
// Of an outlet's result as a whole, which may have a good grade beside a criterion not attained.
Text result_verdict(std::string_view id);
Text basis_kind(std::string_view id);
Text reading(std::string_view id);
Text status(std::string_view id);
Text set_aside_rule(std::string_view id);
Text time_flag(std::string_view id);
Text excluded_reason(std::string_view id);
Text fact_kind(std::string_view id);
Text demo_name(std::string_view role);
Text not_graded();

// Why an outlet has the grade that it has, or none: one sentence.
Text no_report();
Text no_grade_for_lack_of_data(const std::string& weight);
Text no_grade_for_little_measured(const std::string& score, const std::string& exempt,
                                  const std::string& without);
Text all_exempt();
// Why a criterion is not asked for, and until when.
Text exempt(const std::string& from, const std::string& until, const std::string& reason,
            const std::string& owner);
// Cases that do not count because of who reported them.
Text left_out(std::int64_t cases);
Text over_days(std::int64_t days);
// Which norm a line was judged by; `of_class` and `fact` may be empty.
Text norm_taken(const std::string& value, const std::string& of_class, const std::string& fact);
Text vetoed(const Text& veto, const std::string& since, const Text& grade);
Text capped(const Text& cap, const Text& by_score, const Text& grade);
// A condition of a grade holds it down: points of a block and how many were asked for.
Text held_down(const Text& by_score, const Text& block, const std::string& points,
               const std::string& least, const Text& grade);
Text limited(const std::string& score, const Text& grade, const std::string& weight);
Text graded(const std::string& score, const Text& grade, const std::string& least);
Text scored_without_grades(const std::string& score);
Text not_computed();

// What needs attention.
Text attention_veto(const Text& veto);
Text attention_cap(const Text& cap);
Text attention_not_reported();
Text attention_set_aside(std::uint64_t count);
Text attention_insufficient(const std::string& weight);

// Whether an outlet is heard.
Text presence_state(std::string_view id);
Text presence_idle();
Text presence_reporting();
Text presence_no_agent();
Text presence_never_reported();
Text presence_holds(std::uint64_t events, const std::string& since);
Text presence_silent(Duration age);
Text presence_not_heard();
Text presence_clock_off(Duration ahead);

// The keys that an outlet reports with.
Text stream_state(std::string_view id);
Text source_kind(std::string_view id);
Text stream_conflicts(std::uint64_t count, const std::string& latest);
Text stream_doubted(std::uint64_t batches);
Text stream_unchecked();
Text stream_well();
Text stream_closed(std::string_view state, const std::string& when);
Text streams_counted(std::uint64_t open, std::uint64_t closed);
Text streams_none();

// A change in the registry.
enum class Change { kNew, kCorrected, kWithdrawn };
Text change(Change change, const Text& kind, const Text& name, const std::string& place);

Text condition(const Text& grade, const Text& block, const std::string& points,
               const std::string& least);
Text cap_acts(const Text& cap, const std::string& figure, const Text& grade);

}  // namespace plumbline::words

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_WORDS_H_
