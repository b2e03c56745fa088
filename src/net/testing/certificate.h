// Certificates made on the spot, signed by themselves, so that each is its own authority.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <stdexcept>
#include <string>

namespace soundbite {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

namespace certificate {

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* owned) const {
    Free(owned);
  }
};

inline void require(bool holds) {
  if (!holds) throw std::runtime_error("OpenSSL made no certificate");
}

template <class Write>
std::string to_pem(Write write) {
  const std::unique_ptr<BIO, Release<BIO_free>> out(BIO_new(BIO_s_mem()));
  require(write(out.get()) == 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace certificate

// For `names` ("DNS:example.test,IP:127.0.0.1"), valid from now for `seconds`; negative: no longer.
inline Certificate make_certificate(const std::string& names, long seconds = 3600) {
  using namespace certificate;
  const std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Release<X509_free>> made(X509_new());
  require(key && made);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME* name = X509_get_subject_name(made.get());
  const unsigned char common_name[] = "a test of SoundBite";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  const std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>> alternatives(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
  require(alternatives && X509_add_ext(made.get(), alternatives.get(), -1) == 1);
  require(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
  return {to_pem([&](BIO* out) { return PEM_write_bio_X509(out, made.get()); }), to_pem([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

inline boost::asio::ssl::context make_server_context(const Certificate& certificate) {
  boost::asio::ssl::context context(boost::asio::ssl::context::tls_server);
  context.use_certificate_chain(boost::asio::buffer(certificate.certificate_pem));
  context.use_private_key(boost::asio::buffer(certificate.key_pem), boost::asio::ssl::context::pem);
  return context;
}

}  // namespace soundbite
