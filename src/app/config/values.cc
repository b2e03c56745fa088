#include "app/config/values.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <utility>

namespace soundbite {

namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;

// Largest first, so that the first that divides is the one to write.
constexpr std::array<Unit, 5> durations{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 7> sizes{{{"GiB", 1ULL << 30},
                                     {"GB", 1'000'000'000},
                                     {"MiB", 1ULL << 20},
                                     {"MB", 1'000'000},
                                     {"KiB", 1ULL << 10},
                                     {"kB", 1'000},
                                     {"", 1}}};

// A number and one of `units`; nothing else, no overflow.
template <std::size_t N>
std::optional<std::uint64_t> parse_with_unit(std::string_view written, const std::array<Unit, N>& units) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(written.data() + written.size() - end));
  for (const auto& [name, factor] : units) {
    if (unit != name) continue;
    if (number > INT64_MAX / factor) return std::nullopt;
    return number * factor;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string write_with_unit(std::uint64_t number, const std::array<Unit, N>& units) {
  for (const auto& [name, factor] : units) {
    if (number != 0 && number % factor == 0) return std::to_string(number / factor) + std::string(name);
  }
  return "0" + std::string(units.back().first);
}

}  // namespace

Result<std::uint64_t> parse_count(std::string_view written) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
  if (error != std::errc() || end != written.data() + written.size())
    return fail(ErrorCode::invalid, "write a whole number");
  return number;
}

Result<Milliseconds> parse_duration(std::string_view written) {
  const auto number = parse_with_unit(written, durations);
  if (!number) return fail(ErrorCode::invalid, "write a whole number with a unit (ms, s, m, h or d), such as 30s");
  return Milliseconds(static_cast<std::int64_t>(*number));
}

Result<Bytes> parse_bytes(std::string_view written) {
  const auto number = parse_with_unit(written, sizes);
  if (!number)
    return fail(ErrorCode::invalid, "write bytes, or a whole number with kB, MB, GB, KiB, MiB or GiB, such as 64MiB");
  return Bytes{*number};
}

Result<ListenAddress> parse_listen_address(std::string_view written) {
  static constexpr std::string_view advice = "write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080";
  const auto colon = written.rfind(':');
  if (colon == std::string_view::npos) return fail(ErrorCode::invalid, std::string(advice));
  std::string host(written.substr(0, colon));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error || address.is_v6() != bracketed) return fail(ErrorCode::invalid, std::string(advice));
  const auto port = parse_count(written.substr(colon + 1));
  if (!port || *port > 65535) return fail(ErrorCode::invalid, "write a port from 0 (any free one) to 65535");
  return ListenAddress{std::move(host), static_cast<std::uint16_t>(*port)};
}

std::vector<std::string> split_list(std::string_view written) {
  std::vector<std::string> parts;
  while (!written.empty()) {
    parts.emplace_back(written.substr(0, written.find(',')));
    written.remove_prefix(std::min(written.size(), parts.back().size() + 1));
  }
  return parts;
}

std::string write_duration(Milliseconds duration) {
  return write_with_unit(static_cast<std::uint64_t>(duration.count()), durations);
}

std::string write_bytes(Bytes bytes) { return write_with_unit(bytes.count, sizes); }

std::string write_listen_address(const ListenAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

}  // namespace soundbite
