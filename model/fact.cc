// SPDX-License-Identifier: Apache-2.0
#include "model/fact.h"

namespace plumbline {

const std::string& Fact::attribute(const std::string& name) const {
  static const std::string kAbsent;
  auto found = attributes.find(name);
  return found == attributes.end() ? kAbsent : found->second;
}

bool Fact::is_true_on(Date day) const {
  return (!from || *from <= day) && (!until || day <= *until);
}

}  // namespace plumbline
