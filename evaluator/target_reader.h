// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_READER_H_
#define PLUMBLINE_EVALUATOR_TARGET_READER_H_

#include "evaluator/standard_reader.h"
#include "evaluator/target.h"

namespace plumbline {

// Reads one file targets/*.yaml. Reports what is wrong and gives back what it could read; the
// value counts only where no problem was reported.
Target read_target(const YamlNode& root, const StandardContext& context);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_READER_H_
