// SPDX-License-Identifier: Apache-2.0
#include "agents/spool_damage.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "agents/key_change.h"
#include "agents/run_lock.h"
#include "base/file.h"
#include "model/wire/batch.h"

namespace plumbline {
namespace {

Error damaged(const std::string& path, BatchNumber number, const std::string& why) {
  return Error(Code::kCorrupt,
               path + " is damaged: batch " + std::to_string(number.value) + " " + why);
}

// SQLite's own structures: pages, trees, rows.
Status check_pages(const std::string& path) {
  ASSIGN_OR_RETURN(auto database, SqliteDatabase::open(path, SqliteDatabase::Open::kExisting));
  ASSIGN_OR_RETURN(auto check, database.prepare("PRAGMA integrity_check(1)"));
  ASSIGN_OR_RETURN(bool row, check.step());
  std::string answer = row ? check.bytes(0) : "no answer";
  if (answer == "ok") return {};
  return Error(Code::kCorrupt, path + " is damaged: " + answer);
}

Status check_batches(Spool& spool, const std::string& path) {
  ASSIGN_OR_RETURN(SpoolHead head, spool.head());
  for (BatchNumber number = head.oldest_content; number <= head.last; number = number.next()) {
    ASSIGN_OR_RETURN(auto batch, spool.load(number));
    if (!batch) return damaged(path, number, "is missing");
  }
  return spool.check_head();
}

}  // namespace

Status check_spooled(const SpooledBatch& batch, const PublicKey& key, const std::string& path) {
  Result<SealedBatch> sealed = decode_sealed(batch.sealed);
  if (!sealed.ok()) return damaged(path, batch.number, "cannot be read: " + sealed.error().text());
  const BatchHeader& header = sealed->header;
  if (batch_hash(sealed->head.header) != batch.hash || header.number != batch.number ||
      header.first != batch.first || header.count != batch.count) {
    return damaged(path, batch.number, "is not the one that was sealed");
  }
  if (Status held = verify_batch(*sealed, key); !held.ok()) {
    return damaged(path, batch.number, "does not verify: " + held.error().text());
  }
  return {};
}

Status check_spool(const std::string& folder) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  std::string path = spool_path(folder);
  Status pages = check_pages(path);
  Status batches = pages.ok() ? check_batches(spool, path) : pages;
  if (!batches.ok()) {
    if (batches.error().code() != Code::kInvalid) return batches;
    return Error(Code::kCorrupt, path + " is damaged", batches.error());
  }
  Result<Enrolment> enrolment = spool.enrolment();
  if (!enrolment.ok()) {
    return Error(Code::kCorrupt, path + " is damaged: the enrolment cannot be read",
                 enrolment.error());
  }
  // While keys change, the enrolled one may still be called the next one.
  Result<PrivateKey> key = key_in_folder(folder, enrolment->key);
  if (key.ok() || std::filesystem::exists(key_path(folder))) return {};
  return Error(Code::kCorrupt, "the key of " + path + " is gone", key.error());
}

Result<std::string> set_spool_aside(const std::string& folder, Instant now) {
  ASSIGN_OR_RETURN(RunLock lock, RunLock::take(folder));
  std::string time = format_instant(now);
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  std::string aside = folder + "/damaged-" + time;
  RETURN_IF_ERROR(make_folders(aside));
  // The keys first: without them what is left behind by a crash can neither seal nor send. The log
  // before its database, which would otherwise be made anew beside a foreign log.
  std::string database = spool_path(folder);
  for (const std::string& path :
       {key_path(folder), next_key_path(folder), database + "-wal", database + "-shm", database}) {
    std::string name = path.substr(path.rfind('/') + 1);
    if (std::rename(path.c_str(), (aside + "/" + name).c_str()) != 0 && errno != ENOENT) {
      return errno_error("moving " + path + " to " + aside);
    }
  }
  RETURN_IF_ERROR(fsync_folder(aside));
  RETURN_IF_ERROR(fsync_folder(folder));
  return aside;
}

std::string damage_advice() {
  return "The agent's data folder is damaged. Nothing was deleted, and no event is taken into it "
         "any more.\nWhat to do: stop `plumb-agent run`; ask the office for a new token; run "
         "`plumb-agent enroll` on this folder with it. The damaged files are then set aside in a "
         "folder damaged-TIME, and events are taken again. Hand in once more what the server had "
         "not acknowledged: its office can tell up to where it has your events. Keep the damaged "
         "folder until then.";
}

}  // namespace plumbline
