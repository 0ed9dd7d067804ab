// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_AMENDMENT_H_
#define PLUMBLINE_PACKS_AMENDMENT_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/event.h"
#include "model/ids.h"
#include "packs/pack.h"

namespace plumbline {

// What a source says later about an event that it reported: that it counts no more, or that some of
// its fields have other values. docs/formats/pack.md, "correct and void".
struct Amendment {
  bool voids = false;   // else it corrects
  std::string of;       // the event type of the event that is meant
  std::string subject;  // its subject
  StreamId stream;      // its stream
  Sequence target;      // its sequence there
  std::string reason;
  std::vector<Field> fields;  // new values, sorted by name; none where it voids
};

// True for the two event types that no pack declares: "correct" and "void".
bool is_amendment_type(std::string_view type);

// The amendment as the event that is put into a batch.
Event amendment_event(const Amendment& amendment, Instant time);

// Reads such an event, or says why it does not fit: the words are those of check_event. Whether
// the event that it means is there is not looked at.
std::variant<Amendment, Misfit> read_amendment(const EventCatalog& catalog, const Event& event);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_AMENDMENT_H_
