// SPDX-License-Identifier: Apache-2.0
#include "programs/plumb_ledger_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "ledger/entry.h"
#include "programs/plumb_progress.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

Result<Genesis> genesis_of(LedgerReader& reader) {
  ASSIGN_OR_RETURN(StoredEntry first, reader.at(LedgerIndex(0)));
  ASSIGN_OR_RETURN(Entry entry, decode_entry(first.entry));
  ASSIGN_OR_RETURN(SignedRecord record, decode_record(entry.payload));
  ASSIGN_OR_RETURN(OfficeRecord office, office_record_from_json(record.json));
  if (const auto* genesis = std::get_if<Genesis>(&office.body)) return *genesis;
  return Error(Code::kCorrupt, "entry 0 is not a genesis");
}

}  // namespace

Status LedgerCheck::refusal(const std::string& sentence) const {
  if (report.ok()) return {};
  std::string first = report.bad.empty()
                          ? report.problems.front()
                          : fmt::format("entry {}: {}", report.bad.front().index.value,
                                        report.bad.front().sentence);
  return Error(Code::kCorrupt, fmt::format("{} ({} bad entries, {} other problems): {}", sentence,
                                           report.bad.size(), report.problems.size(), first));
}

Result<LedgerCheck> check_ledger_file(const std::string& path,
                                      const std::optional<std::string>& checkpoint) {
  ASSIGN_OR_RETURN(std::unique_ptr<LedgerReader> reader, open_sqlite_reader(path));
  LedgerCheck check;
  ASSIGN_OR_RETURN(check.genesis, genesis_of(*reader));
  VerifyOptions options;
  options.checkpoint = checkpoint;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  ProgressLine line("verify", ProgressLine::stderr_is(), system_clock());
  options.progress = [&line](const VerifyProgress& progress) {
    line.tell(progress.done.value, progress.of.value, progress.bytes);
  };
  ASSIGN_OR_RETURN(check.report, verify_ledger(*reader, options));
  return check;
}

Status sync_tree(const std::string& folder) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_directory(error)) RETURN_IF_ERROR(fsync_folder(at->path().string()));
  }
  if (error) return Error(Code::kIo, fmt::format("listing {}: {}", folder, error.message()));
  return fsync_folder(folder);
}

Status move_folder(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST) return Error(Code::kExists, to + " exists already");
    return errno_error("renaming " + from + " to " + to);
  }
  std::string parent = fs::path(to).parent_path().string();
  return fsync_folder(parent.empty() ? "." : parent);
}

}  // namespace plumbline
