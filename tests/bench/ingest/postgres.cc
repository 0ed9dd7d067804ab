// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>

#include "tests/bench/ingest/peers.h"
#include "tests/bench/ingest/stopwatch.h"

namespace plumbline::bench {
namespace {

// Instants of PostgreSQL count from 2000-01-01, in microseconds.
constexpr std::int64_t kPostgresOriginMs = 946684800000;
constexpr std::size_t kColumns = 9;
// bool, int8, int4, text, timestamptz
constexpr std::uint32_t kBool = 16, kInt8 = 20, kInt4 = 23, kText = 25, kInstant = 1184;
constexpr std::array<std::uint32_t, kColumns> kTypes = {kInt4, kInt8, kText, kText, kInstant,
                                                        kText, kInt4, kBool, kText};
constexpr std::array<Oid, kColumns> kArrayTypes = {1007, 1016, 1009, 1009, 1185,
                                                   1009, 1007, 1000, 1009};
constexpr BytesView kCopyHead("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr BytesView kCopyEnd("\377\377", 2);

constexpr const char* kTable =
    "DROP TABLE IF EXISTS events;"
    "CREATE TABLE events(stream int4 NOT NULL, sequence int8 NOT NULL, type text NOT NULL,"
    " subject text NOT NULL, time timestamptz NOT NULL, channel text NOT NULL,"
    " minutes int4 NOT NULL, paid bool NOT NULL, requester text NOT NULL,"
    " PRIMARY KEY(stream, sequence))";
constexpr const char* kCopy = "COPY events FROM STDIN (FORMAT binary)";
constexpr const char* kInsert =
    "INSERT INTO events SELECT * FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[],"
    " $5::timestamptz[], $6::text[], $7::int4[], $8::bool[], $9::text[]) ON CONFLICT DO NOTHING";
constexpr const char* kReadBack =
    "COPY (SELECT * FROM events ORDER BY stream, sequence) TO STDOUT (FORMAT binary)";

// The value of one column, with its size in front, as COPY and arrays have it.
void append_value(Bytes& out, std::size_t column, std::uint32_t stream, const Row& row) {
  auto text = [&](BytesView value) {
    append_u32(out, static_cast<std::uint32_t>(value.size()));
    out.append(value);
  };
  auto u32 = [&](std::uint32_t value) {
    append_u32(out, 4);
    append_u32(out, value);
  };
  auto u64 = [&](std::uint64_t value) {
    append_u32(out, 8);
    append_u64(out, value);
  };
  switch (column) {
    case 0:
      return u32(stream);
    case 1:
      return u64(row.sequence);
    case 2:
      return text(row.type);
    case 3:
      return text(row.subject);
    case 4:
      return u64(static_cast<std::uint64_t>((row.time_ms - kPostgresOriginMs) * 1000));
    case 5:
      return text(row.channel);
    case 6:
      return u32(static_cast<std::uint32_t>(row.minutes));
    case 7:
      append_u32(out, 1);
      return append_u8(out, row.paid ? 1 : 0);
    default:
      return text(row.requester);
  }
}

Bytes copy_rows(const PeerBatch& batch) {
  Bytes out;
  for (const Row& row : batch.rows) {
    append_u16(out, kColumns);
    for (std::size_t i = 0; i < kColumns; ++i) append_value(out, i, batch.stream, row);
  }
  return out;
}

Bytes array(const PeerBatch& batch, std::size_t column) {
  Bytes out;
  append_u32(out, 1);  // dimensions
  append_u32(out, 0);  // no nulls
  append_u32(out, kTypes[column]);
  append_u32(out, static_cast<std::uint32_t>(batch.rows.size()));
  append_u32(out, 1);  // counted from
  for (const Row& row : batch.rows) append_value(out, column, batch.stream, row);
  return out;
}

class PostgresClient : public PeerClient {
 public:
  PostgresClient(const std::string& connect, PostgresMethod method)
      : method_(method), connection_(PQconnectdb(connect.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) die(PQerrorMessage(connection_));
    if (method == PostgresMethod::kInsert) {
      finish(PQprepare(connection_, "insert", kInsert, kColumns, kArrayTypes.data()),
             PGRES_COMMAND_OK);
    }
  }
  ~PostgresClient() override { PQfinish(connection_); }
  PostgresClient(PostgresClient&&) = delete;

  void execute(const char* sql) { finish(PQexec(connection_, sql), PGRES_COMMAND_OK); }

  void prepare(const PeerBatch& batch) override {
    std::vector<Bytes>& parts = batches_.emplace_back();
    if (method_ != PostgresMethod::kInsert) {
      parts.push_back(copy_rows(batch));
    } else {
      for (std::size_t i = 0; i < kColumns; ++i) parts.push_back(array(batch, i));
    }
  }

  // A connection has one command under way, so `window` is 1 whatever is asked; the server's other
  // connections fill the wait for the disk.
  void run(std::size_t, const std::function<void(std::int64_t)>& answered) override {
    if (method_ == PostgresMethod::kCopyAll) {
      const std::int64_t began = now_us();
      begin_copy();
      for (const auto& parts : batches_) put(parts.front());
      end_copy();
      return answered(now_us() - began);
    }
    for (const auto& parts : batches_) {
      const std::int64_t began = now_us();
      if (method_ == PostgresMethod::kCopy) {
        begin_copy();
        put(parts.front());
        end_copy();
      } else {
        insert(parts);
      }
      answered(now_us() - began);
    }
  }

  void read_back(std::uint32_t, ResultHash& hash) override {
    finish(PQexec(connection_, kReadBack), PGRES_COPY_OUT);
    bool first = true;
    char* data = nullptr;
    for (int size; (size = PQgetCopyData(connection_, &data, 0)) > 0; PQfreemem(data)) {
      BytesView row(data, static_cast<std::size_t>(size));
      if (first) row.remove_prefix(kCopyHead.size());
      first = false;
      if (row != kCopyEnd) add(ByteReader(row), hash);
    }
    finish(PQgetResult(connection_), PGRES_COMMAND_OK);
  }

 private:
  static void add(ByteReader reader, ResultHash& hash) {
    if (reader.u16("columns").value() != kColumns) die("a row of PostgreSQL has other columns");
    auto value = [&] { return reader.take(reader.u32("a size").value(), "a value").value(); };
    const std::uint32_t stream = ByteReader(value()).u32("stream").value();
    Row row;
    row.sequence = ByteReader(value()).u64("sequence").value();
    row.type = value();
    row.subject = value();
    auto since = static_cast<std::int64_t>(ByteReader(value()).u64("time").value());
    row.time_ms = since / 1000 + kPostgresOriginMs;
    row.channel = value();
    row.minutes = ByteReader(value()).u32("minutes").value();
    row.paid = value() == BytesView("\1", 1);
    row.requester = value();
    hash.add(stream, row);
  }

  void finish(PGresult* result, ExecStatusType wanted) {
    if (PQresultStatus(result) != wanted) die(PQerrorMessage(connection_));
    PQclear(result);
  }
  void finish_all() {
    while (PGresult* result = PQgetResult(connection_)) finish(result, PGRES_COMMAND_OK);
  }
  void begin_copy() {
    finish(PQexec(connection_, kCopy), PGRES_COPY_IN);
    put(kCopyHead);
  }
  void put(BytesView bytes) {
    if (PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size())) != 1) {
      die(PQerrorMessage(connection_));
    }
  }
  void end_copy() {
    put(kCopyEnd);
    if (PQputCopyEnd(connection_, nullptr) != 1) die(PQerrorMessage(connection_));
    finish_all();
  }
  void insert(const std::vector<Bytes>& parts) {
    std::array<const char*, kColumns> values{};
    std::array<int, kColumns> sizes{}, formats{};
    for (std::size_t i = 0; i < kColumns; ++i) {
      values[i] = parts[i].data();
      sizes[i] = static_cast<int>(parts[i].size());
      formats[i] = 1;
    }
    finish(PQexecPrepared(connection_, "insert", kColumns, values.data(), sizes.data(),
                          formats.data(), 1),
           PGRES_COMMAND_OK);
  }

  const PostgresMethod method_;
  PGconn* connection_;
  std::vector<std::vector<Bytes>> batches_;
};

}  // namespace

std::unique_ptr<PeerClient> postgres_client(const std::string& connect, PostgresMethod method) {
  return std::make_unique<PostgresClient>(connect, method);
}

void postgres_reset(const std::string& connect) {
  PostgresClient(connect, PostgresMethod::kCopy).execute(kTable);
}

}  // namespace plumbline::bench
