// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/batch_places_db.h"

#include "store/sqlite/connection.h"
#include "store/sqlite/ledger_schema.h"

namespace plumbline {
namespace {

using sqlite::Access;
using sqlite::Connection;
using sqlite::ScopedReset;
using sqlite::Statement;

// The batches of a stream are one range of `batches`. Of the entry its time alone is read: bytes 3
// to 10 (docs/formats/ledger.md, "Entry").
constexpr const char* kFind =
    "SELECT b.number, b.idx, substr(e.entry, 3, 8) "
    "FROM streams s CROSS JOIN batches b ON b.stream = s.id "
    "CROSS JOIN entries e ON e.idx = b.idx "
    "WHERE s.stream = ?1 AND b.number >= ?2 ORDER BY b.number LIMIT ?3";

class SqliteBatchPlaces : public BatchPlaces {
 public:
  explicit SqliteBatchPlaces(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  Status prepare() {
    ASSIGN_OR_RETURN(find_, Statement::prepare(*connection_, kFind));
    return {};
  }

  Result<std::vector<PlacedBatch>> find(const StreamId& stream, BatchNumber first,
                                        std::uint32_t count) override {
    find_.bind_blob(1, stream.view()).bind(2, first.value).bind(3, std::uint64_t{count});
    ScopedReset reset(find_);
    std::vector<PlacedBatch> found;
    for (;;) {
      ASSIGN_OR_RETURN(bool row, find_.step("reading where a stream's batches stand"));
      if (!row) return found;
      ByteReader reader(find_.blob(2));
      Result<std::uint64_t> recorded_at = reader.u64("the time of an entry");
      if (!recorded_at.ok()) {
        return Error(Code::kCorrupt, connection_->path() + ": an entry has no time",
                     recorded_at.error());
      }
      found.push_back({BatchNumber(static_cast<std::uint64_t>(find_.integer(0))),
                       LedgerIndex(static_cast<std::uint64_t>(find_.integer(1))),
                       Instant{static_cast<std::int64_t>(*recorded_at)}});
    }
  }

 private:
  // Declared before the statement, which must go first.
  std::unique_ptr<Connection> connection_;
  Statement find_;
};

}  // namespace

Result<std::unique_ptr<BatchPlaces>> open_sqlite_batch_places(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                   Connection::open(path, Access::kReadOnly));
  ASSIGN_OR_RETURN(bool made, sqlite::check_identity(*connection, sqlite::kLedgerIdentity));
  if (!made) return Error(Code::kNotFound, path + " holds no ledger yet");
  auto places = std::make_unique<SqliteBatchPlaces>(std::move(connection));
  RETURN_IF_ERROR(places->prepare());
  return std::unique_ptr<BatchPlaces>(std::move(places));
}

}  // namespace plumbline
