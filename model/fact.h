// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_MODEL_FACT_H_
#define PLUMBLINE_MODEL_FACT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace plumbline {

// Something that the office has put on record about the network, true from one day to another:
// an institution, a status, a product. Days are those of the pack's calendar. Which kinds there are
// and which attributes each has: registry/fact_kinds.h and docs/formats/registry.md.
struct Fact {
  std::string kind;
  std::string id;             // unique in its kind
  std::optional<Date> from;   // first day on which it is true; nullopt: since ever
  std::optional<Date> until;  // last day on which it is true; nullopt: it goes on
  std::map<std::string, std::string> attributes;

  // The attribute, "" where it is absent: no attribute is ever recorded empty.
  const std::string& attribute(const std::string& name) const;
  bool is_true_on(Date day) const;
  bool operator==(const Fact&) const = default;
};

}  // namespace plumbline

#endif  // PLUMBLINE_MODEL_FACT_H_
