// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SOFTWARE_H_
#define PLUMBLINE_AGENTS_SOFTWARE_H_

namespace plumbline {

// How this agent names itself to the server.
inline constexpr const char* kAgentSoftware = "plumb-agent 0.1.0";

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SOFTWARE_H_
