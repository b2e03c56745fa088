// How single values are written: addresses, durations, sizes, numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/settings.h"
#include "base/error.h"
#include "base/time.h"

namespace soundbite {

// Each: errors invalid, with a message that says what may be written.
Result<std::uint64_t> parse_count(std::string_view written);
Result<Milliseconds> parse_duration(std::string_view written);         // "500ms", "30s", "15m", "1h", "30d"
Result<Bytes> parse_bytes(std::string_view written);                   // "67108864", "64MiB", "1GB"
Result<ListenAddress> parse_listen_address(std::string_view written);  // "127.0.0.1:8080", "[::1]:0", "localhost:80"

// What commas separate; nothing of nothing.
std::vector<std::string> split_list(std::string_view written);

std::string write_duration(Milliseconds duration);
std::string write_bytes(Bytes bytes);
std::string write_listen_address(const ListenAddress& address);

// True for 127.0.0.0/8 and ::1.
bool is_loopback(const std::string& host);

}  // namespace soundbite
