// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_SETTLE_FILE_H_
#define PLUMBLINE_BASE_SETTLE_FILE_H_

#include <string>

#include "base/result.h"

namespace plumbline {

// Makes durable what a file holds, whoever wrote it: a process that was killed before its fsync,
// or one whose fsync failed. After a failed fsync Linux takes the pages for clean and a second
// fsync succeeds without writing them, so every byte is first written over itself. Nothing
// happens where there is no such file. Nobody else may write the file meanwhile; readers may read.
Status settle_file(const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_SETTLE_FILE_H_
