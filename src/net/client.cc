#include "net/client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/system/system_error.hpp>

namespace soundbite {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::uint32_t max_head_bytes = 16 * 1024;
constexpr std::size_t read_bytes = 64 * 1024;  // also the most that trailers or one chunk's head may take
constexpr std::chrono::seconds connect_limit(10);

using PlainStream = beast::tcp_stream;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;

// To be given to an operation; a cancelled one throws, as all of ours do.
void rethrow_cancellation(const error_code& error) {
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
}

template <class Stream>
class Download final : public HttpDownload {
 public:
  Download(Stream stream, Call call) : stream_(std::move(stream)), call_(std::move(call)), buffer_(read_bytes) {}

  awaitable<Result<ResponseHead>> ask() override {
    const std::string request = "GET " + call_.url.target + " HTTP/1.1\r\nHost: " + call_.url.authority() +
                                "\r\nUser-Agent: " + call_.user_agent +
                                "\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n";
    beast::get_lowest_layer(stream_).expires_after(call_.idle);  // for the whole of the head
    error_code error;
    co_await asio::async_write(stream_, asio::buffer(request), asio::redirect_error(asio::use_awaitable, error));
    do {
      if (!error) co_await read_head(error);
      if (error) co_return std::unexpected(describe(error));
    } while (parser_->get().result_int() / 100 == 1 && parser_->get().result() != http::status::switching_protocols);
    co_return head();
  }

  awaitable<Result<std::size_t>> read(std::span<std::byte> bytes) override {
    auto& body = parser_->get().body();
    body.data = bytes.data();
    body.size = bytes.size();
    body.more = true;
    while (body.size > 0 && !parser_->is_done()) {
      beast::get_lowest_layer(stream_).expires_after(call_.idle);
      error_code error;
      co_await http::async_read_some(stream_, buffer_, *parser_, asio::redirect_error(asio::use_awaitable, error));
      if (error && error != http::error::need_buffer) co_return std::unexpected(describe(error));
    }
    co_return bytes.size() - body.size;
  }

 private:
  awaitable<void> read_head(error_code& error) {
    parser_.emplace();
    parser_->header_limit(max_head_bytes);
    parser_->body_limit(boost::none);  // a redirect may have a body of any size: it is not read
    co_await http::async_read_header(stream_, buffer_, *parser_, asio::redirect_error(asio::use_awaitable, error));
    parser_->body_limit(call_.max_bytes);
  }

  ResponseHead head() const {
    const auto& message = parser_->get();
    ResponseHead out{static_cast<int>(message.result_int()),
                     std::string(message[http::field::location]),
                     std::string(message[http::field::content_encoding]),
                     std::string(message[http::field::transfer_encoding]),
                     {}};
    if (const auto length = parser_->content_length()) out.content_length = *length;
    return out;
  }

  Error describe(const error_code& error) const {
    rethrow_cancellation(error);
    const FetchRefusal& refusal = call_.refusal;
    if (error == beast::error::timeout) return refusal.too_slow("sent nothing for too long").error();
    if (error == http::error::body_limit) return refusal.too_large(call_.max_bytes).error();
    if (error == http::error::end_of_stream)
      return refusal.unavailable("closed the connection without an answer").error();
    if (error == http::error::partial_message || error == asio::ssl::error::stream_truncated)
      return refusal.unavailable("ended the answer before it was whole").error();
    if (error == http::error::header_limit) return refusal.failed("answers with a head of more than 16 KiB").error();
    if (error.category() == make_error_code(http::error::bad_version).category())
      return refusal.failed("does not answer in HTTP (" + error.message() + "); check host and port").error();
    return refusal.unavailable("broke the connection off (" + error.message() + ")").error();
  }

  Stream stream_;
  Call call_;
  beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::buffer_body>> parser_;
};

// The first endpoint that takes the connection.
awaitable<Result<PlainStream>> connect(const Call& call) {
  error_code error = asio::error::host_not_found;
  for (const auto& endpoint : call.endpoints) {
    PlainStream stream(co_await asio::this_coro::executor);
    stream.expires_after(connect_limit);
    co_await stream.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
    if (!error) co_return stream;
    rethrow_cancellation(error);
  }
  if (error == beast::error::timeout) co_return call.refusal.too_slow("does not take the connection");
  co_return call.refusal.unavailable("does not take the connection (" + error.message() + ")");
}

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

// The certificate must be for the host that the URL names, wherever that name led.
void expect_host(SSL* tls, const std::string& host) {
  SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = is_address(host)
                       ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1
                       : SSL_set1_host(tls, host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
  if (!set) throw boost::system::system_error(asio::error::no_memory);
}

Error describe_handshake(const Call& call, SSL* tls, const error_code& error) {
  rethrow_cancellation(error);
  if (error == beast::error::timeout) return call.refusal.too_slow("does not finish the TLS handshake").error();
  if (const long result = SSL_get_verify_result(tls); result != X509_V_OK)
    return call.refusal
        .failed(std::string("has a certificate that cannot be trusted: ") + X509_verify_cert_error_string(result))
        .error();
  if (error.category() == asio::error::get_ssl_category())
    return call.refusal.failed("does not speak TLS as it is spoken today (" + error.message() + ")").error();
  return call.refusal.unavailable("broke the TLS handshake off (" + error.message() + ")").error();
}

}  // namespace

awaitable<Result<std::unique_ptr<HttpDownload>>> connect_to(Call call, asio::ssl::context* authorities) {
  auto connected = co_await connect(call);
  if (!connected) co_return std::unexpected(std::move(connected.error()));
  if (!call.url.tls) co_return std::make_unique<Download<PlainStream>>(std::move(*connected), std::move(call));

  TlsStream stream(std::move(*connected), *authorities);
  SSL* tls = stream.native_handle();
  expect_host(tls, call.url.host);
  beast::get_lowest_layer(stream).expires_after(call.idle);
  error_code error;
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return std::unexpected(describe_handshake(call, tls, error));
  co_return std::make_unique<Download<TlsStream>>(std::move(stream), std::move(call));
}

asio::ssl::context make_authorities(const std::string& more_pem) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
  context.set_verify_mode(asio::ssl::verify_peer);
  context.set_default_verify_paths();
  if (!more_pem.empty()) context.add_certificate_authority(asio::buffer(more_pem));
  return context;
}

}  // namespace soundbite
