// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/file.h"
#include "base/limits.h"
#include "store/folder/folder_format.h"
#include "store/folder/folder_ledger.h"

namespace plumbline {
namespace {

// A checkpoint is three short lines and a few signatures; the format file is one line.
constexpr std::size_t kMaxTextBytes = 64u << 10;

}  // namespace

// A file read by position; its size is that at opening.
class FolderLedgerReader::File {
 public:
  static Result<std::unique_ptr<File>> open(const std::string& path) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      if (errno == ENOENT) return Error(Code::kCorrupt, "the file " + path + " is missing");
      return errno_error("opening " + path);
    }
    std::unique_ptr<File> file(new File(fd, path));
    struct stat status {};
    if (::fstat(fd, &status) != 0) return errno_error("looking at " + path);
    if (!S_ISREG(status.st_mode)) return Error(Code::kCorrupt, path + " is no regular file");
    file->size_ = static_cast<std::uint64_t>(status.st_size);
    return file;
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

  // Fills `out` with the `size` bytes at `offset`; kCorrupt when the file ends before them.
  Status read(std::uint64_t offset, std::size_t size, Bytes& out) const {
    if (offset > size_ || size > size_ - offset) {
      return Error(Code::kCorrupt, fmt::format("{} has {} bytes and ends before byte {} + {}",
                                               path_, size_, offset, size));
    }
    out.resize(size);
    for (std::size_t done = 0; done < size;) {
      ssize_t got = ::pread(fd_, out.data() + done, size - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno_error("reading " + path_);
      if (got == 0) return Error(Code::kCorrupt, path_ + " became shorter while it was read");
      done += static_cast<std::size_t>(got);
    }
    return {};
  }

 private:
  File(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;
  std::uint64_t size_ = 0;
};

struct FolderLedgerReader::Place : folder::Place {};

FolderLedgerReader::FolderLedgerReader() = default;
FolderLedgerReader::~FolderLedgerReader() = default;

Result<std::unique_ptr<FolderLedgerReader>> open_folder_reader(const std::string& path) {
  std::unique_ptr<FolderLedgerReader> reader(new FolderLedgerReader());
  RETURN_IF_ERROR(reader->open(path));
  return reader;
}

Status FolderLedgerReader::open(const std::string& path) {
  path_ = path;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 && errno == ENOENT) {
    return Error(Code::kNotFound, "there is no folder " + path);
  }
  Result<Bytes> format = read_file(path + "/" + folder::kFormatFile, kMaxTextBytes);
  if (!format.ok() && format.error().code() == Code::kNotFound) {
    return Error(Code::kCorrupt, path + " is no ledger folder", format.error());
  }
  if (!format.ok()) return format.error();
  if (*format != folder::kFormatText) {
    bool known_stem = format->rfind(folder::kFormatStem, 0) == 0;
    return known_stem ? Error(Code::kUnsupported,
                              fmt::format("{} says \"{}\"; this program knows version 1", path,
                                          format->substr(0, format->find('\n'))))
                      : Error(Code::kCorrupt, path + ": the file \"format\" is damaged");
  }
  ASSIGN_OR_RETURN(places_, File::open(path + "/" + folder::kPlacesFile));
  ASSIGN_OR_RETURN(leaves_, File::open(path + "/" + folder::kLeavesFile));
  ASSIGN_OR_RETURN(checkpoint_, read_file(path + "/" + folder::kCheckpointFile, kMaxTextBytes));
  size_ = LedgerSize(places_->size() / folder::kPlaceBytes);
  if (places_->size() % folder::kPlaceBytes != 0 || leaves_->size() != size_.value * Hash::size) {
    return Error(Code::kCorrupt,
                 fmt::format("{}: \"places\" has {} bytes and \"leaves\" {}: one of them was cut",
                             path, places_->size(), leaves_->size()));
  }
  return {};
}

Error FolderLedgerReader::damaged(LedgerIndex index, std::string_view what) const {
  return Error(Code::kCorrupt, fmt::format("{}: entry {}: {}", path_, index.value, what));
}

Result<FolderLedgerReader::Place> FolderLedgerReader::place_of(LedgerIndex index) {
  Bytes bytes;
  RETURN_IF_ERROR(places_->read(index.value * folder::kPlaceBytes, folder::kPlaceBytes, bytes));
  Result<folder::Place> place = folder::decode_place(index, bytes);
  if (!place.ok()) return damaged(index, place.error().sentence());
  return Place{*place};
}

Status FolderLedgerReader::load(LedgerIndex index, StoredEntry& entry) {
  ASSIGN_OR_RETURN(Place place, place_of(index));
  entry.index = index;
  Status loaded = load_frame(place, entry);
  if (!loaded.ok() && loaded.error().code() == Code::kCorrupt) {
    return damaged(index, loaded.error().sentence());
  }
  return loaded;
}

Status FolderLedgerReader::load_frame(const Place& place, StoredEntry& entry) {
  if (segment_ == nullptr || segment_number_ != place.segment) {
    ASSIGN_OR_RETURN(segment_, File::open(path_ + "/" + folder::segment_file(place.segment)));
    segment_number_ = place.segment;
  }
  Bytes frame;
  RETURN_IF_ERROR(segment_->read(place.offset, place.frame_size(), frame));
  ByteReader reader(frame);
  ASSIGN_OR_RETURN(std::uint32_t entry_size, reader.u32("the entry's size"));
  ASSIGN_OR_RETURN(std::uint32_t content_size, reader.u32("the content's size"));
  if (entry_size != place.entry_size || content_size != place.content_size_plus_one) {
    return Error(Code::kCorrupt,
                 fmt::format("its frame names the sizes {} and {}, its place {} and {}", entry_size,
                             content_size, place.entry_size, place.content_size_plus_one));
  }
  entry.entry = reader.rest().substr(0, entry_size);
  entry.content.reset();
  if (content_size != 0) entry.content = Bytes(reader.rest().substr(entry_size));
  return {};
}

Result<LedgerSize> FolderLedgerReader::size() {
  return size_;
}

Result<LedgerIndex> FolderLedgerReader::read(
    LedgerIndex from, const std::function<Status(const StoredEntry&)>& take) {
  StoredEntry entry;
  LedgerIndex next = from;
  std::size_t bytes = 0;
  while (next.value < size_.value && next.value - from.value < limits::kReadChunkEntries &&
         bytes < limits::kReadChunkBytes) {
    RETURN_IF_ERROR(load(next, entry));
    bytes += entry.entry.size() + (entry.content ? entry.content->size() : 0);
    RETURN_IF_ERROR(take(entry));
    next = next.next();
  }
  return next;
}

Result<std::vector<Hash>> FolderLedgerReader::leaves(LedgerIndex from, std::size_t count) {
  if (from.value > size_.value || count > size_.value - from.value) {
    return Error(Code::kNotFound, fmt::format("the ledger has {} entries; {} from {} are asked",
                                              size_.value, count, from.value));
  }
  Bytes bytes;
  RETURN_IF_ERROR(leaves_->read(from.value * Hash::size, count * Hash::size, bytes));
  std::vector<Hash> hashes;
  hashes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    BytesView one = BytesView(bytes).substr(i * Hash::size, Hash::size);
    ASSIGN_OR_RETURN(Hash hash, Hash::from(one, "a leaf hash"));
    hashes.push_back(hash);
  }
  return hashes;
}

Result<StoredEntry> FolderLedgerReader::at(LedgerIndex index) {
  if (index.value >= size_.value) {
    return Error(Code::kNotFound, fmt::format("the ledger has {} entries, none with index {}",
                                              size_.value, index.value));
  }
  StoredEntry entry;
  RETURN_IF_ERROR(load(index, entry));
  return entry;
}

}  // namespace plumbline
