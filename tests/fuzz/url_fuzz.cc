// Whatever is named as a URL, or as where one leads: it is refused, or its parts are those of one request and nothing
// secret is shown.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/fetcher.h"
#include "net/url.h"

namespace {

using namespace soundbite;

void require(bool holds) {
  if (!holds) std::abort();
}

// Nothing in it could end a line of a request or begin another part.
bool clean(std::string_view text, std::string_view forbidden) {
  for (const char c : text) {
    if (c <= 0x20 || c == 0x7f || forbidden.contains(c)) return false;
  }
  return true;
}

void check(const Url& url) {
  require(!url.host.empty() && clean(url.host, "/?#@[]%\\"));
  require(url.port != 0);
  require(url.path.starts_with('/') && clean(url.path, "?#"));
  require(url.target.starts_with(url.path) && clean(url.target, "#"));
  require(url.target.size() == url.path.size() || url.target[url.path.size()] == '?');
  require(url.shown() == (url.tls ? "https://" : "http://") + url.authority() + url.path);
  const std::string whole = url.shown() + url.target.substr(url.path.size());
  const auto again = parse_url(whole);
  require(again ? *again == url : whole.size() > 8'192);  // a normal form is its own
  (void)last_segment(url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first line is a URL, the rest where it leads.
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  const std::string_view first = bytes.substr(0, end);
  const std::string_view then = bytes.substr(std::min(end + 1, bytes.size()));
  const auto url = parse_url(first);
  require(check_url(first, "/url").has_value() == url.has_value());
  require(shown_url(first) == (url ? url->shown() : "(no URL)"));
  if (!url) return 0;
  check(*url);
  if (const auto next = resolve_reference(*url, then)) check(*next);
  return 0;
}
