// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_TLS_IDENTITY_H_
#define PLUMBLINE_COLLECTOR_TLS_IDENTITY_H_

#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace plumbline {

// Who the server is to an agent: a P-256 key and a certificate that it signed itself. Agents trust
// neither names nor authorities, only the pin that came with their token.
struct TlsIdentity {
  Bytes certificate_pem;
  Bytes key_pem;
  Hash pin;  // SHA-256 of the certificate's SubjectPublicKeyInfo (DER)
};

// A new key; the certificate is valid from a day before `now` for 100 years, since agents look at
// the pin alone. kInternal when OpenSSL fails.
Result<TlsIdentity> make_tls_identity(const std::string& common_name, Instant now);

// From its files. kNotFound; kDenied when others may read the key; kCorrupt when one of them does
// not parse or the key is not that of the certificate.
Result<TlsIdentity> load_tls_identity(const std::string& certificate_path,
                                      const std::string& key_path);

// Creates both files durably, the key readable by its owner only. kExists.
Status store_tls_identity(const TlsIdentity& identity, const std::string& certificate_path,
                          const std::string& key_path);

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_TLS_IDENTITY_H_
