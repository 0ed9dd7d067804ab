// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_BACKUP_H_
#define PLUMBLINE_EVIDENCE_BACKUP_H_

#include <map>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

// What a backup folder says of itself, and its files: docs/formats/backup.md.
namespace plumbline {

constexpr const char* kBackupManifestFile = "backup.json";

struct BackedUpFile {
  std::uint64_t bytes = 0;
  Hash sha256;
  bool operator==(const BackedUpFile&) const = default;
};

struct BackupManifest {
  std::string software;
  Instant made_at;
  std::string ledger_id, network;
  LedgerSize size;  // of the ledger in it, and the root over its entries
  Hash root;
  std::map<std::string, BackedUpFile> files;  // path in the folder -> what must be there
};

std::string manifest_text(const BackupManifest& manifest);
// kUnsupported for a later version, kCorrupt for all else that is no manifest.
Result<BackupManifest> parse_manifest(std::string_view text);

// The manifest of a folder. kCorrupt where it has none: a backup that broke off. Looks at no other
// file.
Result<BackupManifest> read_manifest(const std::string& folder);

// Makes the new file `to` with the bytes and the mode of `from`, durably but for its folder.
Result<BackedUpFile> copy_file(const std::string& from, const std::string& to);
Result<BackedUpFile> hash_file(const std::string& path);

// Every file of the manifest is there with its size and hash, and no other. kCorrupt, naming the
// first one that is not so.
Status check_files(const std::string& folder, const BackupManifest& manifest);

// True for what a backup of plumbd's data folder leaves out: what a start makes again, and the
// databases with their locks and logs, which are copied by their own means.
bool left_out_of_backup(const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_BACKUP_H_
