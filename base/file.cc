// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/file_descriptor.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

Status write_and_sync(int fd, BytesView bytes, const std::string& path) {
  RETURN_IF_ERROR(write_all(fd, bytes, path));
  if (::fsync(fd) != 0) return errno_error("fsync of " + path);
  return {};
}

std::string folder_of(const std::string& path) {
  std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// The bytes are durable then; the name only after an fsync of the folder.
Status create_and_sync(const std::string& path, BytesView bytes, FileMode mode) {
  FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode)));
  if (!file.open()) {
    if (errno == EEXIST) return Error(Code::kExists, path + " exists already");
    return errno_error("creating " + path);
  }
  if (Status written = write_and_sync(file.get(), bytes, path); !written.ok()) {
    ::unlink(path.c_str());
    return written;
  }
  return {};
}

}  // namespace

Status write_all(int fd, BytesView bytes, const std::string& path) {
  while (!bytes.empty()) {
    ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("writing " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Error errno_error(std::string_view doing) {
  int number = errno;
  Code code = number == ENOSPC || number == EDQUOT ? Code::kExhausted : Code::kIo;
  return Error(code, fmt::format("{}: {}", doing, std::strerror(number)));
}

Result<Bytes> read_file(const std::string& path, std::size_t max_bytes) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) {
    if (errno == ENOENT) return Error(Code::kNotFound, "there is no file " + path);
    return errno_error("opening " + path);
  }
  Bytes bytes;
  char buffer[1 << 16];
  for (;;) {
    ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("reading " + path);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) {
      return Error(Code::kExhausted,
                   fmt::format("{} is larger than {} bytes, the limit here", path, max_bytes));
    }
  }
}

Status create_file_durably(const std::string& path, BytesView bytes, FileMode mode) {
  RETURN_IF_ERROR(create_and_sync(path, bytes, mode));
  return fsync_folder(folder_of(path));
}

Status replace_file_durably(const std::string& path, BytesView bytes, FileMode mode) {
  std::string temporary = fmt::format("{}.{}.new", path, ::getpid());
  ::unlink(temporary.c_str());
  RETURN_IF_ERROR(create_and_sync(temporary, bytes, mode));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    Error error = errno_error("renaming " + temporary + " to " + path);
    ::unlink(temporary.c_str());
    return error;
  }
  return fsync_folder(folder_of(path));
}

Status fsync_folder(const std::string& path) {
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return errno_error("opening folder " + path);
  if (::fsync(folder.get()) != 0) return errno_error("fsync of folder " + path);
  return {};
}

Status make_folders(const std::string& path) {
  std::error_code error;
  bool made = fs::create_directories(path, error);
  if (error) return Error(Code::kIo, fmt::format("making folder {}: {}", path, error.message()));
  if (made && ::chmod(path.c_str(), 0700) != 0) return errno_error("chmod of " + path);
  return {};
}

Result<std::vector<std::string>> list_files(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_regular_file(error)) {
      paths.push_back(fs::path(at->path()).lexically_relative(folder).generic_string());
    }
  }
  if (error) return Error(Code::kIo, fmt::format("listing {}: {}", folder, error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace plumbline
