// URLs that clients name: what they may be, and their parts in normal form. Pure functions; check_url and shown_url of
// fetcher.h are here too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace soundbite {

// A URL without user and fragment, normalised by RFC 3986.
struct Url {
  bool tls = false;
  std::string host;  // lower case; a name or an address, IPv6 without brackets
  std::uint16_t port = 0;
  std::string path;    // begins with a slash
  std::string target;  // the path with its query: what is asked for

  // "example.org", "[::1]:8080": the port only where it is not the scheme's own.
  std::string authority() const;
  // Scheme, authority and path.
  std::string shown() const;
  bool operator==(const Url&) const = default;
};

// Errors: invalid; the message is what to say of it: "must …".
Result<Url> parse_url(std::string_view text);

// Where the Location field `reference` of `base` leads (RFC 3986, section 5). Errors: as parse_url.
Result<Url> resolve_reference(const Url& base, std::string_view reference);

// The last segment of the path without percent-encoding, when it is printable UTF-8; else empty.
std::string last_segment(const Url& url);

}  // namespace soundbite
