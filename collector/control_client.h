// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_CONTROL_CLIENT_H_
#define PLUMBLINE_COLLECTOR_CONTROL_CLIENT_H_

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace plumbline {

// Sends one request to plumbd's local socket and returns its answer (collector/control_listener.h).
// An error that plumbd answers comes back with its code and sentence. kUnavailable when nobody
// listens there or the answer does not come within two minutes; kDenied when the socket may not be
// opened by this user; kInvalid when the path is too long for a socket. Blocks.
Result<Json> control_call(const std::string& socket_path, const Json& request);

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_CONTROL_CLIENT_H_
