// SPDX-License-Identifier: Apache-2.0
#include "programs/plumbd_init.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "base/crypto.h"
#include "base/file.h"
#include "base/simulated_clock.h"
#include "collector/tls_identity.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "model/office_record.h"
#include "store/sqlite/ledger_db.h"

namespace plumbline {
namespace {

constexpr std::size_t kLedgerIdBytes = 16;
constexpr std::size_t kMaxNetworkBytes = 200;

Status make_private_folder(const std::string& folder) {
  RETURN_IF_ERROR(make_folders(folder));
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return errno_error("looking at folder " + folder);
  if ((info.st_mode & 077) == 0) return {};
  std::error_code failed;
  if (!std::filesystem::is_empty(folder, failed) || failed) {
    return Error(Code::kDenied,
                 fmt::format("the folder {} may be entered by others and is not empty; choose "
                             "another one or run: chmod 700 {}",
                             folder, folder));
  }
  if (::chmod(folder.c_str(), 0700) != 0) return errno_error("chmod of " + folder);
  return {};
}

Result<PrivateKey> key_at(const std::string& path) {
  auto found = PrivateKey::read_file(path);
  if (found.ok() || found.error().code() != Code::kNotFound) return found;
  PrivateKey key = PrivateKey::generate();
  RETURN_IF_ERROR(key.write_file(path));
  return key;
}

Status make_tls(const DataLayout& layout, const Clock& clock) {
  auto found = load_tls_identity(layout.tls_certificate(), layout.tls_key());
  if (found.ok()) return {};
  if (found.error().code() != Code::kNotFound) return found.error();
  ASSIGN_OR_RETURN(TlsIdentity identity, make_tls_identity("plumbline", clock.wall()));
  // A key without its certificate was never given to anybody.
  std::filesystem::remove(layout.tls_key());
  return store_tls_identity(identity, layout.tls_certificate(), layout.tls_key());
}

Status check_options(const InitOptions& options) {
  const std::size_t bytes = options.network.size();
  if (bytes == 0 || bytes > kMaxNetworkBytes) {
    return Error(Code::kInvalid, fmt::format("the network's name has {} bytes, must have 1 to {}",
                                             bytes, kMaxNetworkBytes));
  }
  if (options.simulated && options.simulated->from >= options.simulated->until) {
    return Error(Code::kInvalid, fmt::format("the simulation would begin at {} and end at {}",
                                             format_instant(options.simulated->from),
                                             format_instant(options.simulated->until)));
  }
  return {};
}

}  // namespace

Instant default_simulated_beginning(Instant until) {
  const Date end = date_from_days(until.ms / kMsPerDay);
  return {days_from_date({end.year - 6, 1, 1}) * kMsPerDay};
}

Result<InitReport> init_data_folder(const DataLayout& layout, const InitOptions& options,
                                    const Clock& clock) {
  RETURN_IF_ERROR(check_options(options));
  RETURN_IF_ERROR(make_private_folder(layout.folder));
  RETURN_IF_ERROR(make_folders(layout.keys()));
  // The writer's lock keeps out a second init and a running plumbd.
  std::optional<SimulatedClock> simulated;
  if (options.simulated) {
    simulated.emplace(options.simulated->from, options.simulated->until, clock);
  }
  const Clock& wall = simulated ? *simulated : clock;
  ASSIGN_OR_RETURN(auto writer, open_sqlite_writer(layout.ledger(), wall, nullptr));
  ASSIGN_OR_RETURN(auto reader, open_sqlite_reader(layout.ledger()));
  ASSIGN_OR_RETURN(LedgerSize size, reader->size());
  if (size > LedgerSize(0)) {
    return Error(Code::kExists, fmt::format("there is a ledger of {} entries in {} already",
                                            size.value, layout.folder));
  }
  ASSIGN_OR_RETURN(PrivateKey office, key_at(layout.office_key()));
  ASSIGN_OR_RETURN(PrivateKey checkpoint, key_at(layout.checkpoint_key()));
  RETURN_IF_ERROR(make_tls(layout, clock));
  Genesis genesis;
  genesis.ledger_id = to_hex(random_bytes(kLedgerIdBytes));
  genesis.network = options.network;
  genesis.office_key = office.public_key();
  genesis.checkpoint_key = checkpoint.public_key();
  genesis.simulated = options.simulated.has_value();
  if (options.simulated) genesis.simulated_until = options.simulated->until;
  OfficeRecord record{"plumbd", "a new ledger", genesis};
  ASSIGN_OR_RETURN([[maybe_unused]] LedgerIndex index,
                   writer->append(EntryKind::kGenesis, encode_record(to_json(record), office)));
  return InitReport{genesis.ledger_id, verifier_key_text(checkpoint_origin(genesis.ledger_id),
                                                         checkpoint.public_key())};
}

}  // namespace plumbline
