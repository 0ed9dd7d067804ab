// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_EVENT_CHECKS_H_
#define PLUMBLINE_PACKS_EVENT_CHECKS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "packs/pack.h"

// The parts of check_event, for what is like an event and is none. Pure.
namespace plumbline {

// The rules that every text keeps, whatever it is called: UTF-8, no control characters, no personal
// number. Neither the rule's value nor its sentence repeats a personal number.
std::optional<Misfit> check_text(std::string_view name, std::string_view text);
std::optional<Misfit> check_subject(std::string_view subject);
std::optional<Misfit> check_event_time(Instant time);

// That the fields are in order and each fits the type and step; not that all required ones are
// there.
std::optional<Misfit> check_given_fields(const EventTypeRef& ref, const std::vector<Field>& fields);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_EVENT_CHECKS_H_
