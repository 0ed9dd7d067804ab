// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PROGRAMS_PLUMBD_LAYOUT_H_
#define PLUMBLINE_PROGRAMS_PLUMBD_LAYOUT_H_

#include <string>

namespace plumbline {

// Where everything stands in plumbd's data folder (docs/guides/operator.md).
struct DataLayout {
  std::string folder;

  std::string ledger() const { return folder + "/ledger.db"; }
  std::string results() const { return folder + "/results.db"; }
  std::string accounts() const { return folder + "/portal.db"; }
  std::string checkpoint() const { return folder + "/checkpoint"; }
  std::string addresses() const { return folder + "/addresses.json"; }
  std::string control() const { return folder + "/control.sock"; }
  std::string keys() const { return folder + "/keys"; }
  std::string office_key() const { return keys() + "/office.key"; }
  std::string checkpoint_key() const { return keys() + "/checkpoint.key"; }
  std::string tls_key() const { return keys() + "/tls.key"; }
  std::string tls_certificate() const { return keys() + "/tls.crt"; }
};

}  // namespace plumbline

#endif  // PLUMBLINE_PROGRAMS_PLUMBD_LAYOUT_H_
