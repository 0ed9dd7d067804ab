// SPDX-License-Identifier: Apache-2.0
#include "evidence/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/hash_stream.h"
#include "base/json.h"

namespace plumbline {
namespace {

constexpr const char* kFormat = "plumbline backup";
constexpr std::int64_t kVersion = 1;
// 100 bytes a file: 100,000 documents.
constexpr std::size_t kMaxManifestBytes = 16u << 20;
constexpr std::size_t kBufferBytes = 1u << 20;

FileDescriptor open_file(const std::string& path, int flags, mode_t mode = 0) {
  return FileDescriptor(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode));
}

// Reads the file to its end; gives each piece to `take`.
template <typename Take>
Result<BackedUpFile> read_through(int fd, const std::string& path, Take take) {
  BackedUpFile file;
  HashStream hash;
  Bytes buffer(kBufferBytes, '\0');
  for (;;) {
    ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("reading " + path);
    if (got == 0) break;
    BytesView piece = BytesView(buffer).substr(0, static_cast<std::size_t>(got));
    hash.add(piece);
    file.bytes += piece.size();
    RETURN_IF_ERROR(take(piece));
  }
  file.sha256 = hash.finish();
  return file;
}

Error open_error(const std::string& path) {
  if (errno == ENOENT) return Error(Code::kNotFound, "there is no file " + path);
  return errno_error("opening " + path);
}

Result<Hash> hash_at(const Json& json, std::string_view key) {
  ASSIGN_OR_RETURN(std::string hex, json.string_at(key));
  ASSIGN_OR_RETURN(Bytes bytes, from_hex(hex));
  return Hash::from(bytes, key);
}

// A path that stays in the folder.
bool is_plain_path(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.back() == '/' ||
      path.find('\0') != std::string_view::npos)
    return false;
  while (!path.empty()) {
    std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    path.remove_prefix(std::min(path.size(), part.size() + 1));
  }
  return true;
}

Status parse_files(const Json& json, BackupManifest& manifest) {
  const Json* files = json.find("files");
  if (files == nullptr || !files->is_object()) {
    return Error(Code::kInvalid, "\"files\" is not an object");
  }
  for (const auto& [path, item] : files->as_object()) {
    if (!is_plain_path(path)) return Error(Code::kInvalid, "it names a file \"" + path + "\"");
    BackedUpFile file;
    ASSIGN_OR_RETURN(std::int64_t bytes, item.integer_at("bytes"));
    file.bytes = static_cast<std::uint64_t>(bytes);
    ASSIGN_OR_RETURN(file.sha256, hash_at(item, "sha256"));
    manifest.files.emplace(path, file);
  }
  return {};
}

Result<BackupManifest> manifest_from_json(const Json& json) {
  BackupManifest manifest;
  ASSIGN_OR_RETURN(std::string format, json.string_at("format"));
  if (format != kFormat) return Error(Code::kInvalid, "its format is \"" + format + "\"");
  ASSIGN_OR_RETURN(std::int64_t version, json.integer_at("version"));
  if (version != kVersion) {
    return Error(Code::kUnsupported,
                 fmt::format("a backup of version {}; this program knows {}", version, kVersion));
  }
  ASSIGN_OR_RETURN(manifest.software, json.string_at("software"));
  ASSIGN_OR_RETURN(std::string made_at, json.string_at("made_at"));
  ASSIGN_OR_RETURN(manifest.made_at, parse_instant(made_at));
  ASSIGN_OR_RETURN(manifest.ledger_id, json.string_at("ledger_id"));
  ASSIGN_OR_RETURN(manifest.network, json.string_at("network"));
  ASSIGN_OR_RETURN(std::int64_t size, json.integer_at("size"));
  manifest.size = LedgerSize(static_cast<std::uint64_t>(size));
  ASSIGN_OR_RETURN(manifest.root, hash_at(json, "root_sha256"));
  RETURN_IF_ERROR(parse_files(json, manifest));
  return manifest;
}

}  // namespace

std::string manifest_text(const BackupManifest& manifest) {
  Json files = Json::object();
  for (const auto& [path, file] : manifest.files) {
    Json item = Json::object();
    item.set("bytes", file.bytes).set("sha256", file.sha256.hex());
    files.set(path, std::move(item));
  }
  Json json = Json::object();
  json.set("format", kFormat).set("version", kVersion).set("software", manifest.software);
  json.set("made_at", format_instant(manifest.made_at));
  json.set("ledger_id", manifest.ledger_id).set("network", manifest.network);
  json.set("size", manifest.size.value).set("root_sha256", manifest.root.hex());
  json.set("files", std::move(files));
  return json.text() + "\n";
}

Result<BackupManifest> parse_manifest(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  Result<Json> json = Json::parse(text);
  if (!json.ok() || !json->is_object()) {
    return Error(Code::kCorrupt, std::string(kBackupManifestFile) + " is no manifest of a backup");
  }
  Result<BackupManifest> manifest = manifest_from_json(*json);
  if (manifest.ok() || manifest.error().code() == Code::kUnsupported) return manifest;
  return Error(Code::kCorrupt, std::string(kBackupManifestFile) + " is no manifest of a backup",
               manifest.error());
}

Result<BackupManifest> read_manifest(const std::string& folder) {
  Result<Bytes> text = read_file(folder + "/" + kBackupManifestFile, kMaxManifestBytes);
  if (!text.ok() && text.error().code() == Code::kNotFound) {
    return Error(Code::kCorrupt,
                 fmt::format("{} is no whole backup: it has no {}, which is written last", folder,
                             kBackupManifestFile));
  }
  if (!text.ok()) return text.error();
  return parse_manifest(*text);
}

Result<BackedUpFile> copy_file(const std::string& from, const std::string& to) {
  FileDescriptor source = open_file(from, O_RDONLY);
  if (source.get() < 0) return open_error(from);
  struct stat info {};
  if (::fstat(source.get(), &info) != 0) return errno_error("looking at " + from);
  FileDescriptor target = open_file(to, O_WRONLY | O_CREAT | O_EXCL, info.st_mode & 0777);
  if (target.get() < 0) return errno_error("creating " + to);
  ASSIGN_OR_RETURN(BackedUpFile file, read_through(source.get(), from, [&](BytesView piece) {
                     return write_all(target.get(), piece, to);
                   }));
  if (::fsync(target.get()) != 0) return errno_error("fsync of " + to);
  return file;
}

Result<BackedUpFile> hash_file(const std::string& path) {
  FileDescriptor source = open_file(path, O_RDONLY);
  if (source.get() < 0) return open_error(path);
  return read_through(source.get(), path, [](BytesView) { return Status(); });
}

Status check_files(const std::string& folder, const BackupManifest& manifest) {
  ASSIGN_OR_RETURN(std::vector<std::string> present, list_files(folder));
  for (const std::string& path : present) {
    if (path == kBackupManifestFile || manifest.files.count(path) != 0) continue;
    return Error(Code::kCorrupt, fmt::format("{}/{} is no part of the backup that {} describes",
                                             folder, path, kBackupManifestFile));
  }
  for (const auto& [path, wanted] : manifest.files) {
    Result<BackedUpFile> found = hash_file(folder + "/" + path);
    if (!found.ok() && found.error().code() == Code::kNotFound) {
      return Error(Code::kCorrupt, fmt::format("{}/{} is missing", folder, path));
    }
    if (!found.ok()) return found.error();
    if (*found == wanted) continue;
    return Error(
        Code::kCorrupt,
        fmt::format("{}/{} is not what was backed up: it has {} bytes with SHA-256 {}, the "
                    "manifest says {} with {}",
                    folder, path, found->bytes, found->sha256.hex(), wanted.bytes,
                    wanted.sha256.hex()));
  }
  return {};
}

bool left_out_of_backup(const std::string& path) {
  static const std::set<std::string> kMadeAgain = {"addresses.json", "control.sock", "ledger.tree",
                                                   kBackupManifestFile};
  if (kMadeAgain.count(path) != 0) return true;
  for (const char* database : {"ledger.db", "portal.db", "results.db"}) {
    if (path.starts_with(database)) return true;
  }
  return path.ends_with(".new");  // a replacement that was cut off
}

}  // namespace plumbline
