// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_SQLITE_TRANSACTION_H_
#define PLUMBLINE_STORE_SQLITE_TRANSACTION_H_

#include "store/sqlite/connection.h"

namespace plumbline::sqlite {

// Ends a transaction that was not committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction() {
    if (open_) (void)connection_.run("ROLLBACK");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Status begin(const char* sql) {
    RETURN_IF_ERROR(connection_.run(sql));
    open_ = true;
    return {};
  }
  Status commit() {
    RETURN_IF_ERROR(connection_.run("COMMIT"));
    open_ = false;
    return {};
  }

 private:
  Connection& connection_;
  bool open_ = false;
};

}  // namespace plumbline::sqlite

#endif  // PLUMBLINE_STORE_SQLITE_TRANSACTION_H_
