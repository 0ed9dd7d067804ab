// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/limits.h"
#include "ledger/entry.h"
#include "store/folder/folder_format.h"
#include "store/folder/folder_ledger.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

// A segment ends with the frame that reaches this size: files that copy tools and mail handle,
// and a few hundred of them for 100 million events of 20 bytes.
constexpr std::uint64_t kSegmentBytes = 64u << 20;
constexpr std::size_t kBufferBytes = 1u << 20;

// A new file that is written from front to back and durable after close().
class NewFile {
 public:
  explicit NewFile(std::string path)
      : path_(std::move(path)),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)),
        open_errno_(fd_ < 0 ? errno : 0) {}
  ~NewFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  Status append(BytesView bytes) {
    buffer_.append(bytes);
    size_ += bytes.size();
    return buffer_.size() < kBufferBytes ? Status() : flush();
  }

  Status close() {
    RETURN_IF_ERROR(flush());
    if (::fsync(fd_) != 0) return errno_error("fsync of " + path_);
    return {};
  }

  std::uint64_t size() const { return size_; }

 private:
  Status flush() {
    if (fd_ < 0) {
      errno = open_errno_;
      return errno_error("creating " + path_);
    }
    BytesView rest = buffer_;
    while (!rest.empty()) {
      ssize_t written = ::write(fd_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno_error("writing " + path_);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
    return {};
  }

  std::string path_;
  int fd_;
  int open_errno_;
  Bytes buffer_;
  std::uint64_t size_ = 0;
};

// Writes the files of one folder.
class FolderWriter {
 public:
  explicit FolderWriter(const std::string& path)
      : path_(path),
        places_(path + "/" + folder::kPlacesFile),
        leaves_(path + "/" + folder::kLeavesFile) {}

  Status append(const StoredEntry& stored, const Hash& leaf) {
    if (segment_ == nullptr) {
      segment_ = std::make_unique<NewFile>(path_ + "/" + folder::segment_file(segment_number_));
    }
    folder::Place place;
    place.segment = segment_number_;
    place.offset = segment_->size();
    place.entry_size = static_cast<std::uint32_t>(stored.entry.size());
    if (stored.content) {
      place.content_size_plus_one = static_cast<std::uint32_t>(stored.content->size() + 1);
    }
    Bytes header;
    append_u32(header, place.entry_size);
    append_u32(header, place.content_size_plus_one);
    RETURN_IF_ERROR(segment_->append(header));
    RETURN_IF_ERROR(segment_->append(stored.entry));
    if (stored.content) RETURN_IF_ERROR(segment_->append(*stored.content));
    RETURN_IF_ERROR(places_.append(folder::encode_place(stored.index, place)));
    RETURN_IF_ERROR(leaves_.append(leaf.view()));
    return segment_->size() < kSegmentBytes ? Status() : end_segment();
  }

  Status close(std::string_view checkpoint) {
    if (segment_ != nullptr) RETURN_IF_ERROR(end_segment());
    RETURN_IF_ERROR(places_.close());
    RETURN_IF_ERROR(leaves_.close());
    RETURN_IF_ERROR(create_file_durably(path_ + "/" + folder::kCheckpointFile, checkpoint,
                                        FileMode::kReadable));
    return create_file_durably(path_ + "/" + folder::kFormatFile, folder::kFormatText,
                               FileMode::kReadable);
  }

 private:
  Status end_segment() {
    RETURN_IF_ERROR(segment_->close());
    segment_.reset();
    ++segment_number_;
    return {};
  }

  std::string path_;
  NewFile places_, leaves_;
  std::unique_ptr<NewFile> segment_;
  std::uint32_t segment_number_ = 0;
};

// Copies the entries [from, size) of one chunk; returns the index after them.
Result<LedgerIndex> copy_chunk(LedgerReader& reader, LedgerIndex from, LedgerSize size,
                               FolderWriter& writer) {
  std::uint64_t count = std::min<std::uint64_t>(size.value - from.value, limits::kReadChunkEntries);
  ASSIGN_OR_RETURN(std::vector<Hash> leaves, reader.leaves(from, count));
  Result<LedgerIndex> next = reader.read(from, [&](const StoredEntry& stored) -> Status {
    std::uint64_t nth = stored.index.value - from.value;
    if (nth >= count) return {};
    if (leaf_hash(stored.entry) != leaves[nth]) {
      return Error(Code::kCorrupt, fmt::format("entry {} does not have the leaf hash that was "
                                               "recorded with it; nothing was exported",
                                               stored.index.value));
    }
    return writer.append(stored, leaves[nth]);
  });
  if (!next.ok()) return next.error();
  return std::min(*next, LedgerIndex(size.value));
}

Status write_folder(LedgerReader& reader, LedgerSize size, std::string_view checkpoint,
                    const std::string& path) {
  if (::mkdir(path.c_str(), 0755) != 0) return errno_error("making the folder " + path);
  FolderWriter writer(path);
  for (LedgerIndex next; next.value < size.value;) {
    LedgerIndex from = next;
    ASSIGN_OR_RETURN(next, copy_chunk(reader, from, size, writer));
    if (next == from) {
      return Error(Code::kCorrupt, fmt::format("entry {} cannot be read", from.value));
    }
  }
  RETURN_IF_ERROR(writer.close(checkpoint));
  return fsync_folder(path);
}

}  // namespace

Status export_folder(LedgerReader& reader, LedgerSize size, std::string_view checkpoint,
                     const std::string& path) {
  ASSIGN_OR_RETURN(LedgerSize there, reader.size());
  if (size > there) {
    return Error(Code::kInvalid, fmt::format("{} entries are to be exported, the ledger has {}",
                                             size.value, there.value));
  }
  std::error_code error;
  fs::path target = fs::path(path).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // "folder/"
  if (fs::exists(target, error)) return Error(Code::kExists, path + " exists already");
  std::string temporary = fmt::format("{}.{}.new", target.string(), ::getpid());
  fs::remove_all(temporary, error);
  Status written = write_folder(reader, size, checkpoint, temporary);
  if (written.ok() && ::rename(temporary.c_str(), target.c_str()) != 0) {
    written = errno == ENOTEMPTY || errno == EEXIST
                  ? Error(Code::kExists, path + " exists already")
                  : errno_error("renaming " + temporary + " to " + path);
  }
  if (!written.ok()) {
    fs::remove_all(temporary, error);
    return written;
  }
  fs::path parent = target.parent_path();
  return fsync_folder(parent.empty() ? "." : parent.string());
}

}  // namespace plumbline
