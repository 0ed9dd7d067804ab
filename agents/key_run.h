// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_KEY_RUN_H_
#define PLUMBLINE_AGENTS_KEY_RUN_H_

#include <string>

#include "agents/sender.h"

namespace plumbline {

// run_sender() of a folder, with the changes of its key: a change that is under way is brought to
// the server first, and one that is planned is carried out when everything is proved.
Result<SenderOutcome> run_folder(const std::string& folder, const Clock& clock, AckLog* acks,
                                 const SenderOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_KEY_RUN_H_
