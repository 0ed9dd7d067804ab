// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_restore.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"
#include "evidence/backup.h"
#include "ledger/checkpoint.h"
#include "programs/plumb_ledger_check.h"
#include "programs/plumb_options.h"
#include "programs/plumbd_layout.h"
#include "store/sqlite/file_lock.h"
#include "store/sqlite/ledger_backup.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

struct RestoreArgs {
  std::string folder;
  std::string checkpoint_file;  // held outside the server
  std::string waiver;           // why there is none
  bool set_aside = false;
  bool dry_run = false;
};

// A checkpoint held elsewhere, and how the restored ledger stands to it.
struct Outside {
  std::string text;
  Checkpoint checkpoint;
};

Status check_arguments(const PlumbOptions& options, const RestoreArgs& args) {
  if (options.data.empty()) return Error(Code::kInvalid, "--data is needed: the folder to make");
  if (args.checkpoint_file.empty() == args.waiver.empty()) {
    return Error(Code::kInvalid,
                 "a checkpoint held outside this server is needed (--checkpoint FILE: the "
                 "auditor's copy, or the newest that an agent has), or the reason why there is "
                 "none (--without-checkpoint REASON), and not both");
  }
  return {};
}

// What stands where the restored folder is to be.
Result<bool> target_is_empty(const std::string& data) {
  std::error_code error;
  if (!fs::exists(data, error)) return true;
  bool empty = fs::is_empty(data, error);
  if (error) return Error(Code::kIo, fmt::format("looking at {}: {}", data, error.message()));
  return empty;
}

// Held until the folder has been moved away, so that no plumbd starts on it in between.
Result<std::optional<FileLock>> lock_target(const DataLayout& data) {
  std::error_code ignored;
  if (!fs::exists(data.ledger(), ignored)) return std::optional<FileLock>();
  Result<FileLock> lock = FileLock::take(data.ledger() + ".lock");
  if (!lock.ok() && lock.error().code() == Code::kConflict) {
    return Error(Code::kConflict, "plumbd runs on " + data.folder + ": stop it first");
  }
  if (!lock.ok()) return lock.error();
  return std::optional<FileLock>(std::move(*lock));
}

Result<std::optional<Outside>> read_outside(const RestoreArgs& args, const Genesis& genesis) {
  if (args.checkpoint_file.empty()) return std::optional<Outside>();
  Outside outside;
  ASSIGN_OR_RETURN(outside.text, read_file(args.checkpoint_file, kMaxCheckpointBytes));
  Result<Checkpoint> opened = open_any_checkpoint(outside.text, genesis.checkpoint_key);
  if (!opened.ok()) {
    return Error(opened.error().code(),
                 args.checkpoint_file + " is no checkpoint of the backed-up ledger",
                 opened.error());
  }
  outside.checkpoint = *opened;
  return std::optional<Outside>(std::move(outside));
}

// The ledger verifies, has the manifest's root, and does not contradict the outside's checkpoint as
// far as it reaches.
Status check_against(const LedgerCheck& check, const BackupManifest& manifest) {
  RETURN_IF_ERROR(check.refusal("the ledger of the backup does not verify"));
  if (check.report.size == manifest.size && check.report.root == manifest.root) return {};
  return Error(Code::kCorrupt, "the ledger of the backup is not the one of its manifest");
}

// The checkpoint that the ledger is verified with: the outside one where the ledger reaches so far,
// else the backup's own.
Result<LedgerCheck> check_restored(const std::string& folder, const RestoreArgs& args,
                                   const BackupManifest& manifest,
                                   std::optional<Outside>& outside) {
  DataLayout layout{folder};
  ASSIGN_OR_RETURN(Bytes own, read_file(layout.checkpoint(), kMaxCheckpointBytes));
  ASSIGN_OR_RETURN(LedgerCheck check, check_ledger_file(layout.ledger(), own));
  RETURN_IF_ERROR(check_against(check, manifest));
  ASSIGN_OR_RETURN(outside, read_outside(args, check.genesis));
  if (!outside || outside->checkpoint.size > check.report.size) return check;
  ASSIGN_OR_RETURN(check, check_ledger_file(layout.ledger(), outside->text));
  RETURN_IF_ERROR(check.refusal("the ledger of the backup contradicts the checkpoint given"));
  return check;
}

// The copy as plumbd takes it up, beside the place where it will stand.
Status make_copy(const RestoreArgs& args, const BackupManifest& manifest, const DataLayout& copy) {
  RETURN_IF_ERROR(make_folders(copy.folder));
  for (const auto& [path, wanted] : manifest.files) {
    std::string to = copy.folder + "/" + path;
    RETURN_IF_ERROR(make_folders(fs::path(to).parent_path().string()));
    ASSIGN_OR_RETURN(BackedUpFile copied, copy_file(args.folder + "/" + path, to));
    if (copied != wanted) {
      return Error(Code::kCorrupt,
                   fmt::format("{}/{} changed while it was read", args.folder, path));
    }
  }
  RETURN_IF_ERROR(make_sqlite_writable(copy.ledger()));
  if (manifest.files.count("portal.db") != 0) {
    RETURN_IF_ERROR(make_sqlite_writable(copy.accounts()));
  }
  return {};
}

// What was published last bounds what may be signed next: the server must know the newest.
Status keep_newest_checkpoint(const DataLayout& copy, const LedgerCheck& check,
                              const std::optional<Outside>& outside) {
  if (!outside) return {};
  ASSIGN_OR_RETURN(Bytes own, read_file(copy.checkpoint(), kMaxCheckpointBytes));
  ASSIGN_OR_RETURN(Checkpoint opened, open_any_checkpoint(own, check.genesis.checkpoint_key));
  const bool same = outside->checkpoint.origin == opened.origin;
  if (same && outside->checkpoint.size <= opened.size) return {};
  // Of an id that the ledger gave up: its last checkpoint is on record.
  bool given_up = outside->checkpoint.origin == checkpoint_origin(check.report.ledger_id);
  for (const VerifiedContinuation& one : check.report.continuations) {
    given_up = given_up || outside->checkpoint.origin == checkpoint_origin(one.ledger_id);
  }
  if (!same && given_up) return {};
  return replace_file_durably(copy.checkpoint(), outside->text, FileMode::kReadable);
}

Result<std::string> free_name(const std::string& data) {
  for (int i = 1; i < 1000; ++i) {
    std::string name = fmt::format("{}.set-aside-{}", data, i);
    std::error_code ignored;
    if (!fs::exists(name, ignored)) return name;
  }
  return Error(Code::kExists, "a thousand folders are set aside beside " + data);
}

void tell(const RestoreArgs& args, const LedgerCheck& check, const std::optional<Outside>& outside,
          const std::string& data) {
  fmt::print("ledger      {}, {}\n", check.genesis.ledger_id, check.genesis.network);
  fmt::print("entries     {}, every hash, signature and content verified\n",
             check.report.size.value);
  if (!outside) {
    fmt::print("checkpoint  NOT COMPARED with one from outside: {}\n", args.waiver);
  } else if (outside->checkpoint.size > check.report.size) {
    fmt::print(
        "checkpoint  BEHIND: entries {} to {} were published and are not in this backup. plumbd "
        "will "
        "sign\n            nothing until they are there again (docs/guides/operator.md, \"After a "
        "restore\")\n",
        check.report.size.value, outside->checkpoint.size.value - 1);
  } else {
    fmt::print("checkpoint  the outside one over {} entries agrees\n",
               outside->checkpoint.size.value);
  }
  fmt::print("{} {}\n",
             args.dry_run ? "dry run: nothing was written; it would become" : "restored to", data);
}

Status put_in_place(const RestoreArgs& args, const std::string& copy, const std::string& data) {
  ASSIGN_OR_RETURN(bool empty, target_is_empty(data));
  if (!empty && !args.set_aside) return Error(Code::kExists, data + " was filled meanwhile");
  if (!empty) {
    ASSIGN_OR_RETURN(std::string aside, free_name(data));
    RETURN_IF_ERROR(move_folder(data, aside));
    fmt::print("set aside   {}\n", aside);
  }
  // An empty folder gives way to a renamed one.
  return move_folder(copy, data);
}

Status copy_and_place(const RestoreArgs& args, const BackupManifest& manifest,
                      const std::string& data) {
  DataLayout copy{fmt::format("{}.{}.unfinished", data, ::getpid())};
  std::optional<Outside> outside;
  auto work = [&]() -> Status {
    RETURN_IF_ERROR(make_copy(args, manifest, copy));
    ASSIGN_OR_RETURN(LedgerCheck check, check_restored(copy.folder, args, manifest, outside));
    RETURN_IF_ERROR(keep_newest_checkpoint(copy, check, outside));
    RETURN_IF_ERROR(sync_tree(copy.folder));
    RETURN_IF_ERROR(put_in_place(args, copy.folder, data));
    tell(args, check, outside, data);
    return {};
  };
  Status done = work();
  if (!done.ok()) {
    // A copy of what the backup still holds, keys among it.
    std::error_code ignored;
    fs::remove_all(copy.folder, ignored);
  }
  return done;
}

Status restore(const PlumbOptions& options, const RestoreArgs& args) {
  RETURN_IF_ERROR(check_arguments(options, args));
  fs::path target = fs::path(options.data).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // "folder/"
  DataLayout data{target.string()};
  ASSIGN_OR_RETURN(BackupManifest manifest, read_manifest(args.folder));
  ASSIGN_OR_RETURN(bool empty, target_is_empty(data.folder));
  if (!empty && !args.set_aside) {
    return Error(Code::kExists,
                 data.folder + " is not empty; --set-aside renames it and deletes nothing");
  }
  ASSIGN_OR_RETURN(std::optional<FileLock> lock, lock_target(data));
  RETURN_IF_ERROR(check_files(args.folder, manifest));
  if (args.dry_run) {
    std::optional<Outside> outside;
    ASSIGN_OR_RETURN(LedgerCheck check, check_restored(args.folder, args, manifest, outside));
    tell(args, check, outside, data.folder);
    return {};
  }
  return copy_and_place(args, manifest, data.folder);
}

}  // namespace

void add_restore_command(CLI::App& app, PlumbOptions& options) {
  auto args = std::make_shared<RestoreArgs>();
  auto* command = app.add_subcommand(
      "restore", "make a data folder of a backup, and compare it with a checkpoint from outside");
  command->fallthrough();
  command->add_option("folder", args->folder, "what `plumb backup` made")->required();
  command->add_option("--checkpoint", args->checkpoint_file,
                      "the newest checkpoint that anyone outside this server holds");
  command->add_option("--without-checkpoint", args->waiver,
                      "why there is no checkpoint from outside to compare with");
  command->add_flag("--set-aside", args->set_aside,
                    "rename the present data folder; without it a folder that is not empty is "
                    "refused");
  command->add_flag("--dry-run", args->dry_run, "check everything, write nothing");
  command->callback([args, &options] { options.status = restore(options, *args); });
}

}  // namespace plumbline
