// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_backup.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>

#include "base/file.h"
#include "evidence/backup.h"
#include "evidence/verify.h"
#include "programs/plumb_ledger_check.h"
#include "programs/plumb_options.h"
#include "programs/plumb_progress.h"
#include "programs/plumb_restore.h"
#include "programs/plumbd_layout.h"
#include "store/sqlite/ledger_backup.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// The files beside the databases: keys, documents, whatever else the data folder holds.
Status copy_other_files(const std::string& from, const std::string& to) {
  ASSIGN_OR_RETURN(std::vector<std::string> paths, list_files(from));
  for (const std::string& path : paths) {
    if (left_out_of_backup(path) || path == "checkpoint") continue;
    bool ascii = std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!ascii) {
      return Error(Code::kUnsupported, "the data folder holds a file that is none of plumbd's: \"" +
                                           path + "\"; move it elsewhere");
    }
    RETURN_IF_ERROR(make_folders(fs::path(to + "/" + path).parent_path().string()));
    Result<BackedUpFile> copied = copy_file(from + "/" + path, to + "/" + path);
    // A file may go while others are copied: plumbd replaces its own in one step.
    if (!copied.ok() && copied.error().code() != Code::kNotFound) return copied.error();
  }
  return {};
}

Status copy_parts(const DataLayout& data, const DataLayout& copy) {
  // The checkpoint first: the ledger goes on growing and must hold all that it stands for.
  Result<BackedUpFile> checkpoint = copy_file(data.checkpoint(), copy.checkpoint());
  if (!checkpoint.ok() && checkpoint.error().code() == Code::kNotFound) {
    return Error(Code::kNotFound, "no checkpoint was published yet: start plumbd once",
                 checkpoint.error());
  }
  if (!checkpoint.ok()) return checkpoint.error();
  {
    ProgressLine line("copy", ProgressLine::stderr_is(), system_clock());
    ASSIGN_OR_RETURN(
        [[maybe_unused]] LedgerSize size,
        copy_sqlite_ledger(data.ledger(), copy.ledger(),
                           [&line](LedgerIndex done, LedgerSize of, std::uint64_t bytes) {
                             line.tell(done.value, of.value, bytes);
                           }));
  }
  if (exists(data.accounts())) {
    RETURN_IF_ERROR(copy_sqlite_database(data.accounts(), copy.accounts()));
  }
  return copy_other_files(data.folder, copy.folder);
}

Result<BackupManifest> describe(const std::string& folder, const LedgerCheck& check) {
  BackupManifest manifest;
  manifest.software = PLUMBLINE_VERSION;
  manifest.made_at = system_clock().wall();
  manifest.ledger_id = check.genesis.ledger_id;
  manifest.network = check.genesis.network;
  manifest.size = check.report.size;
  manifest.root = check.report.root;
  ASSIGN_OR_RETURN(std::vector<std::string> paths, list_files(folder));
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(manifest.files[path], hash_file(folder + "/" + path));
  }
  return manifest;
}

// Everything but the last renaming, in a folder whose name says that it is not whole.
Result<BackupManifest> make_backup(const DataLayout& data, const std::string& unfinished) {
  RETURN_IF_ERROR(make_folders(unfinished));
  DataLayout copy{unfinished};
  RETURN_IF_ERROR(copy_parts(data, copy));
  ASSIGN_OR_RETURN(Bytes checkpoint, read_file(copy.checkpoint(), kMaxCheckpointBytes));
  ASSIGN_OR_RETURN(LedgerCheck check, check_ledger_file(copy.ledger(), checkpoint));
  RETURN_IF_ERROR(check.refusal("the ledger was copied and is not what was written"));
  ASSIGN_OR_RETURN(BackupManifest manifest, describe(unfinished, check));
  RETURN_IF_ERROR(sync_tree(unfinished));
  RETURN_IF_ERROR(create_file_durably(unfinished + "/" + kBackupManifestFile,
                                      manifest_text(manifest), FileMode::kOwnerOnly));
  return manifest;
}

Status back_up(const PlumbOptions& options, const std::string& folder) {
  if (options.data.empty()) {
    return Error(Code::kInvalid, "--data is needed: the folder that plumbd runs on");
  }
  fs::path target = fs::path(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // "folder/"
  if (exists(target.string())) return Error(Code::kExists, folder + " exists already");
  std::string unfinished = fmt::format("{}.{}.unfinished", target.string(), ::getpid());
  Result<BackupManifest> manifest = make_backup(DataLayout{options.data}, unfinished);
  if (!manifest.ok()) {
    return Error(manifest.error().code(),
                 fmt::format("no backup was made; what there is of it lies in {}", unfinished),
                 manifest.error());
  }
  RETURN_IF_ERROR(move_folder(unfinished, target.string()));
  std::uint64_t bytes = 0;
  for (const auto& [path, file] : manifest->files) bytes += file.bytes;
  fmt::print("backup    {}\nledger    {}, {}\n", target.string(), manifest->ledger_id,
             manifest->network);
  fmt::print("entries   {}, every hash, signature and content verified\nroot      {}\n",
             manifest->size.value, to_base64(manifest->root.view()));
  fmt::print("files     {}, {} bytes\n", manifest->files.size(), bytes);
  fmt::print("It holds the server's keys: keep it where nobody else reads.\n");
  return {};
}

}  // namespace

void add_backup_commands(CLI::App& app, PlumbOptions& options) {
  auto folder = std::make_shared<std::string>();
  auto* backup = app.add_subcommand(
      "backup", "copy ledger, accounts, keys and documents while plumbd runs, and verify the copy");
  backup->fallthrough();
  backup->add_option("folder", *folder, "a folder that does not exist yet")->required();
  backup->callback([folder, &options] { options.status = back_up(options, *folder); });
  add_restore_command(app, options);
}

}  // namespace plumbline
