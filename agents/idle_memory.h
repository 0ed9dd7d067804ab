// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_IDLE_MEMORY_H_
#define PLUMBLINE_AGENTS_IDLE_MEMORY_H_

#include "base/result.h"

namespace plumbline {

// Gives back what only start and handshake needed: code and constants of program and libraries,
// which the system maps again where they are touched, and what the allocator holds free. Nothing
// that was written is let go. Costs a millisecond, and some hundred page faults afterwards.
//
// No other thread may unmap a library meanwhile: nothing in the agent does.
Status give_back_idle_memory();

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_IDLE_MEMORY_H_
