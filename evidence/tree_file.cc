// SPDX-License-Identifier: Apache-2.0
#include "evidence/tree_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <cerrno>

#include "base/file.h"

namespace plumbline {
namespace {

constexpr std::size_t kHashBytes = Hash::size;
// As long as a hash, so that every hash lies within a page.
constexpr std::string_view kHead = "plumbline/tree/v1 sha256 rfc9162";
static_assert(kHead.size() == kHashBytes);

// Fewer bytes than asked for only where the file ends.
Result<Bytes> read_at(int fd, const std::string& path, std::uint64_t at, std::size_t size) {
  Bytes bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    ssize_t now = ::pread(fd, bytes.data() + got, size - got, static_cast<off_t>(at + got));
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return errno_error("reading " + path);
    if (now == 0) break;
    got += static_cast<std::size_t>(now);
  }
  bytes.resize(got);
  return bytes;
}

Status write_at(int fd, const std::string& path, std::uint64_t at, BytesView bytes) {
  while (!bytes.empty()) {
    ssize_t now = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return errno_error("writing " + path);
    at += static_cast<std::uint64_t>(now);
    bytes.remove_prefix(static_cast<std::size_t>(now));
  }
  return {};
}

// Writes what is not there already; returns how many bytes the file had, and had otherwise.
Result<std::uint64_t> lay(int fd, const std::string& path, std::uint64_t at, BytesView bytes) {
  ASSIGN_OR_RETURN(Bytes there, read_at(fd, path, at, bytes.size()));
  if (there == bytes) return std::uint64_t{0};
  RETURN_IF_ERROR(write_at(fd, path, at, bytes));
  return std::uint64_t{there.size()};
}

}  // namespace

std::uint64_t tree_hashes(LedgerSize size) {
  return 2 * size.value - static_cast<std::uint64_t>(std::popcount(size.value));
}

// A subtree is complete with its last leaf: it stands behind all hashes of the leaves before that
// one, behind the leaf itself, and behind the smaller subtrees that the leaf completes.
std::uint64_t tree_position(int level, std::uint64_t index) {
  std::uint64_t last_leaf = ((index + 1) << level) - 1;
  return tree_hashes(LedgerSize(last_leaf)) + static_cast<std::uint64_t>(level);
}

Result<std::unique_ptr<TreeFile>> TreeFile::open(std::string path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return errno_error("opening " + path);
  std::unique_ptr<TreeFile> file(new TreeFile(std::move(path), fd));
  ASSIGN_OR_RETURN(file->mended_bytes_, lay(fd, file->path_, 0, kHead));
  return file;
}

TreeFile::~TreeFile() {
  ::close(fd_);
}

void TreeFile::put(const Hash& hash) {
  pending_.append(hash.view());
}

void TreeFile::append(const Hash& leaf) {
  put(leaf);
  frontier_.append(leaf, [this](int, std::uint64_t, const Hash& hash) { put(hash); });
}

Status TreeFile::flush() {
  if (pending_.empty()) return {};
  ASSIGN_OR_RETURN(std::uint64_t mended, lay(fd_, path_, kHead.size() + flushed_, pending_));
  mended_bytes_ += mended;
  flushed_ += pending_.size();
  pending_.clear();
  return {};
}

void TreeFile::rewind() {
  frontier_ = Frontier();
  pending_.clear();
  flushed_ = 0;
}

Status TreeFile::cut() {
  CHECK(pending_.empty(), "a tree file is cut behind what was flushed");
  if (::ftruncate(fd_, static_cast<off_t>(kHead.size() + flushed_)) == 0) return {};
  return errno_error("cutting " + path_);
}

Result<Hash> TreeFile::read(int level, std::uint64_t index) const {
  std::uint64_t at = kHead.size() + tree_position(level, index) * kHashBytes;
  ASSIGN_OR_RETURN(Bytes bytes, read_at(fd_, path_, at, kHashBytes));
  if (bytes.size() == kHashBytes) return Hash::from(bytes, "a hash of the tree");
  return Error(Code::kCorrupt,
               fmt::format("{} ends before subtree {} of level {}", path_, index, level));
}

}  // namespace plumbline
