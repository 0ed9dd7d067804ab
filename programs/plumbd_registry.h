// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_REGISTRY_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_REGISTRY_H_

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "registry/office.h"

namespace plumbline {

// The request "registry.apply" of the local socket (plumbd_control.h).
Result<Json> apply_registry(Office& office, const Json& request, const std::string& actor);

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_REGISTRY_H_
