// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_TIME_FORMAT_H_
#define PLUMBLINE_PACKS_TIME_FORMAT_H_

#include <string_view>

#include "base/result.h"

namespace plumbline {

// Checks the format of a time in an import mapping: "iso", or a pattern with YYYY, MM and DD and
// optionally HH, or hh with AM, and mm and ss, each once; everything else stands for itself.
// kInvalid says what is missing or stands twice. Times are read by parse_time (mapping.h).
Status check_time_format(std::string_view format);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_TIME_FORMAT_H_
