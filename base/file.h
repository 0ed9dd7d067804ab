// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_BASE_FILE_H_
#define PLUMBLINE_BASE_FILE_H_

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace plumbline {

enum class FileMode { kOwnerOnly = 0600, kReadable = 0644 };

// The whole file. kNotFound when there is none, kExhausted when it is larger than `max_bytes`,
// kIo (with the system's words) otherwise.
Result<Bytes> read_file(const std::string& path, std::size_t max_bytes);

// Writes a new file, fsyncs it and its folder. kExists when the path is taken.
Status create_file_durably(const std::string& path, BytesView bytes, FileMode mode);

// Replaces or makes the file in one step (temporary name, fsync, rename, fsync of the folder):
// a crash leaves the old bytes or the new ones, never a mixture.
Status replace_file_durably(const std::string& path, BytesView bytes, FileMode mode);

Status fsync_folder(const std::string& path);

// Makes the folder and its parents, mode 0700; no error when it is there.
Status make_folders(const std::string& path);

// Paths of the regular files under `folder`, relative to it, with '/' and sorted by bytes.
Result<std::vector<std::string>> list_files(const std::string& folder);

// An Error of code kIo: "`doing`: <words of errno>", kExhausted for ENOSPC and EDQUOT.
Error errno_error(std::string_view doing);

}  // namespace plumbline

#endif  // PLUMBLINE_BASE_FILE_H_
