#include "net/url.h"

#include <algorithm>
#include <array>
#include <boost/url.hpp>
#include <charconv>

#include "base/text.h"
#include "net/fetcher.h"

namespace soundbite {

namespace {

namespace urls = boost::urls;

constexpr std::size_t max_url_bytes = 8'192;
constexpr std::size_t max_host_bytes = 253;  // RFC 1035
constexpr std::size_t max_name_bytes = 255;

// Ports of other protocols, where a request could be taken for a command: the list of the Fetch standard ("bad port").
constexpr std::array<std::uint16_t, 83> other_protocols{
    0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,
    53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,
    123,  135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,  530,  531,
    532,  540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};

std::unexpected<Error> must(std::string what) { return fail(ErrorCode::invalid, "must " + std::move(what)); }

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= max_host_bytes && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

Result<std::string> host_of(const urls::url_view& url) {
  switch (url.host_type()) {
    case urls::host_type::ipv4:
    case urls::host_type::ipv6: return url.host_address();
    case urls::host_type::name: {
      std::string name = url.host_name();
      std::ranges::transform(name, name.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      if (name.empty()) break;
      if (!is_host_name(name))
        return must("name its host in letters, digits, '-' and '.'; write an international name as xn--…");
      return name;
    }
    default: break;
  }
  return must("name a host: https://example.org/recording.mp3");
}

// Boost.URL 1.81 counts a port of five digits beyond the last one from 0 again.
std::optional<std::uint16_t> port_of(const urls::url& url, bool tls) {
  const std::string digits(url.port());
  std::uint16_t port = 0;
  if (digits.empty()) return tls ? 443 : 80;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return port;
}

Result<Url> from_parsed(urls::url url) {
  // Boost.URL 1.81 takes "http://host:port" with something else than digits for a host with a path.
  if (!url.encoded_path().empty() && !url.encoded_path().starts_with('/') && url.has_authority())
    return must("name a port in digits");
  url.normalize();
  Url out;
  out.tls = url.scheme_id() == urls::scheme::https;
  if (!out.tls && url.scheme_id() != urls::scheme::http) return must("begin with http:// or https://");
  if (url.has_userinfo()) return must("hold no user or password; use a URL that needs none, such as a presigned one");
  auto host = host_of(url);
  if (!host) return std::unexpected(std::move(host.error()));
  out.host = std::move(*host);
  const auto port = port_of(url, out.tls);
  if (!port) return must("name a port from 1 to 65535");
  out.port = *port;
  if (std::ranges::binary_search(other_protocols, out.port))
    return must("name a port that web servers use, not " + std::string(url.port()));
  out.path = std::string(url.encoded_path());
  while (out.path.starts_with("/../")) out.path.erase(0, 3);  // above the root is the root; Boost.URL keeps these
  if (out.path.empty() || out.path == "/..") out.path = "/";
  out.target = out.path;
  if (url.has_query()) out.target += "?" + std::string(url.encoded_query());
  return out;
}

// Servers write spaces and UTF-8 into Location as they are; browsers encode them, and so do we.
std::string encode_stray_bytes(std::string_view reference) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : reference) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return out;
}

urls::url compose(const Url& base) { return urls::url(base.shown() + base.target.substr(base.path.size())); }

}  // namespace

std::string Url::authority() const {
  std::string out = host.contains(':') ? '[' + host + ']' : host;
  if (port != (tls ? 443 : 80)) out += ':' + std::to_string(port);
  return out;
}

std::string Url::shown() const { return (tls ? "https://" : "http://") + authority() + path; }

Result<Url> parse_url(std::string_view text) {
  if (text.size() > max_url_bytes) return must("have at most 8192 bytes");
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return must("be a URL such as https://example.org/recording.mp3, with special characters as %20");
  return from_parsed(urls::url(*parsed));
}

Result<Url> resolve_reference(const Url& base, std::string_view reference) {
  if (reference.size() > max_url_bytes) return must("have at most 8192 bytes");
  const std::string encoded = encode_stray_bytes(reference);
  const auto parsed = urls::parse_uri_reference(encoded);
  if (!parsed) return must("be a URL");
  urls::url resolved;
  if (!urls::resolve(compose(base), *parsed, resolved)) return must("be a URL");
  return from_parsed(std::move(resolved));
}

std::string last_segment(const Url& url) {
  const auto decoded = urls::make_pct_string_view(std::string_view(url.path).substr(url.path.rfind('/') + 1));
  if (!decoded) return {};
  std::string name = decoded->decode();
  const bool printable =
      std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!printable || name.size() > max_name_bytes || find_invalid_utf8(name)) return {};
  return name;
}

Result<void> check_url(std::string_view url, std::string_view pointer) {
  const auto parsed = parse_url(url);
  if (parsed) return {};
  return std::unexpected(Error{ErrorCode::invalid,
                               "the URL cannot be used",
                               {{std::string(pointer), "invalid_url", parsed.error().message, {}}}});
}

std::string shown_url(std::string_view url) {
  const auto parsed = parse_url(url);
  return parsed ? parsed->shown() : "(no URL)";
}

}  // namespace soundbite
