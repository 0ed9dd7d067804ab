// SPDX-License-Identifier: Apache-2.0
#include "collector/tls_identity.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <memory>

#include "base/crypto.h"
#include "base/file.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxPemBytes = 16 * 1024;
constexpr long kSecondsPerDay = 24 * 60 * 60;
constexpr int kValidDays = 36525;

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

Bytes bytes_of(const Bio& bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return Bytes(data, static_cast<std::size_t>(size));
}

Result<Hash> pin_of(X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return Error(Code::kInternal, "OpenSSL cannot encode the certificate's key");
  Hash pin = sha256(BytesView(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  return pin;
}

// Serial number, validity, name and public key of a version 3 certificate, signed by `key`.
bool fill(X509* certificate, EVP_PKEY* key, const std::string& common_name, Instant now) {
  Bytes serial = random_bytes(8);
  serial[0] = static_cast<char>(serial[0] & 0x7f);  // positive
  std::unique_ptr<BIGNUM, Free<BN_free>> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), 8, nullptr));
  time_t at = static_cast<time_t>(now.ms / 1000);
  X509_NAME* name = X509_get_subject_name(certificate);
  return number != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
         X509_time_adj_ex(X509_getm_notBefore(certificate), 0, -kSecondsPerDay, &at) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), kValidDays, 0, &at) != nullptr &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

Result<TlsIdentity> make_tls_identity(const std::string& common_name, Instant now) {
  Key key(EVP_EC_gen("P-256"));
  Certificate certificate(X509_new());
  if (!key || !certificate || !fill(certificate.get(), key.get(), common_name, now)) {
    return Error(Code::kInternal,
                 fmt::format("OpenSSL cannot make a certificate for \"{}\"", common_name));
  }
  Bio certificate_pem(BIO_new(BIO_s_mem()));
  Bio key_pem(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return Error(Code::kInternal, "OpenSSL cannot write the certificate as PEM");
  }
  ASSIGN_OR_RETURN(Hash pin, pin_of(certificate.get()));
  return TlsIdentity{bytes_of(certificate_pem), bytes_of(key_pem), pin};
}

Result<TlsIdentity> load_tls_identity(const std::string& certificate_path,
                                      const std::string& key_path) {
  struct stat info {};
  if (::stat(key_path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return Error(Code::kDenied, fmt::format("key file {} may be read by others; run: chmod 600 {}",
                                            key_path, key_path));
  }
  TlsIdentity identity;
  ASSIGN_OR_RETURN(identity.certificate_pem, read_file(certificate_path, kMaxPemBytes));
  ASSIGN_OR_RETURN(identity.key_pem, read_file(key_path, kMaxPemBytes));
  Bio certificate_bio(BIO_new_mem_buf(identity.certificate_pem.data(),
                                      static_cast<int>(identity.certificate_pem.size())));
  Certificate certificate(PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) {
    return Error(Code::kCorrupt, fmt::format("{} does not hold a certificate", certificate_path));
  }
  Bio key_bio(BIO_new_mem_buf(identity.key_pem.data(), static_cast<int>(identity.key_pem.size())));
  Key key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  if (!key) return Error(Code::kCorrupt, fmt::format("{} does not hold a private key", key_path));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Error(Code::kCorrupt, fmt::format("the key in {} is not that of the certificate in {}",
                                             key_path, certificate_path));
  }
  ASSIGN_OR_RETURN(identity.pin, pin_of(certificate.get()));
  return identity;
}

Status store_tls_identity(const TlsIdentity& identity, const std::string& certificate_path,
                          const std::string& key_path) {
  RETURN_IF_ERROR(create_file_durably(key_path, identity.key_pem, FileMode::kOwnerOnly));
  return create_file_durably(certificate_path, identity.certificate_pem, FileMode::kReadable);
}

}  // namespace plumbline
