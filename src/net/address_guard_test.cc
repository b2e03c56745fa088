#include "net/address_guard.h"

#include <gmock/gmock.h>

#include <boost/asio/ip/address.hpp>

namespace soundbite {
namespace {

std::string use_of(const char* address) {
  return std::string(special_use(boost::asio::ip::make_address(address)).value_or("public"));
}

struct Row {
  const char* address;
  const char* use;
};

TEST(AddressGuard, knows_every_special_range_of_ipv4_by_its_ends) {
  const Row rows[] = {
      {"0.0.0.0", "unspecified"},
      {"0.255.255.255", "unspecified"},
      {"1.0.0.0", "public"},
      {"9.255.255.255", "public"},
      {"10.0.0.0", "private"},
      {"10.255.255.255", "private"},
      {"11.0.0.0", "public"},
      {"100.63.255.255", "public"},
      {"100.64.0.0", "shared by a carrier"},
      {"100.127.255.255", "shared by a carrier"},
      {"100.128.0.0", "public"},
      {"126.255.255.255", "public"},
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"128.0.0.0", "public"},
      {"168.63.129.16", "metadata"},
      {"168.63.129.17", "public"},
      {"169.253.255.255", "public"},
      {"169.254.0.0", "link-local"},
      {"169.254.169.254", "metadata"},
      {"169.254.255.255", "link-local"},
      {"169.255.0.0", "public"},
      {"172.15.255.255", "public"},
      {"172.16.0.0", "private"},
      {"172.31.255.255", "private"},
      {"172.32.0.0", "public"},
      {"192.0.0.0", "reserved"},
      {"192.0.0.192", "reserved"},
      {"192.0.1.0", "public"},
      {"192.0.2.0", "documentation"},
      {"192.0.2.255", "documentation"},
      {"192.0.3.0", "public"},
      {"192.31.196.1", "reserved"},
      {"192.52.193.1", "reserved"},
      {"192.88.99.1", "reserved"},
      {"192.167.255.255", "public"},
      {"192.168.0.0", "private"},
      {"192.168.255.255", "private"},
      {"192.169.0.0", "public"},
      {"192.175.48.1", "reserved"},
      {"198.17.255.255", "public"},
      {"198.18.0.0", "benchmarking"},
      {"198.19.255.255", "benchmarking"},
      {"198.20.0.0", "public"},
      {"198.51.100.1", "documentation"},
      {"203.0.113.1", "documentation"},
      {"223.255.255.255", "public"},
      {"224.0.0.1", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.0", "reserved"},
      {"255.255.255.255", "reserved"},
      {"8.8.8.8", "public"},
  };
  for (const auto& row : rows) EXPECT_EQ(use_of(row.address), row.use) << row.address;
}

TEST(AddressGuard, knows_every_special_range_of_ipv6) {
  const Row rows[] = {
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"::2", "unspecified"},
      {"100::1", "reserved"},
      {"2001:db8::1", "documentation"},
      {"3fff::1", "documentation"},
      {"3fff:1000::1", "public"},
      {"2001:2::1", "benchmarking"},
      {"2001:10::1", "reserved"},
      {"2001:20::1", "reserved"},
      {"2001:200::1", "public"},
      {"2620:4f:8000::1", "reserved"},
      {"4000::1", "reserved"},
      {"5f00::1", "reserved"},
      {"fc00::1", "private"},
      {"fd12:3456::1", "private"},
      {"fd00:ec2::254", "metadata"},
      {"fe80::1", "link-local"},
      {"febf::1", "link-local"},
      {"fec0::1", "private"},
      {"ff02::1", "multicast"},
      {"2606:4700:4700::1111", "public"},
      {"2a00:1450:4001:81b::200e", "public"},
  };
  for (const auto& row : rows) EXPECT_EQ(use_of(row.address), row.use) << row.address;
}

TEST(AddressGuard, judges_an_ipv4_address_inside_of_ipv6_as_itself) {
  const Row rows[] = {
      {"::ffff:127.0.0.1", "loopback"},  // mapped
      {"::ffff:169.254.169.254", "metadata"},
      {"::ffff:8.8.8.8", "public"},
      {"::127.0.0.1", "loopback"},  // compatible
      {"::10.0.0.1", "private"},
      {"::ffff:0:192.168.0.1", "private"},  // translated
      {"64:ff9b::127.0.0.1", "loopback"},   // NAT64
      {"64:ff9b::169.254.169.254", "metadata"},
      {"64:ff9b::8.8.8.8", "public"},
      {"64:ff9b:1::8.8.8.8", "reserved"},  // NAT64 of one site
      {"2002:7f00:1::", "loopback"},       // 6to4
      {"2002:a9fe:a9fe::1", "metadata"},
      {"2002:808:808::1", "public"},
      {"2001:0:7f00:1::f7f7:f7f7", "loopback"},   // Teredo, by its server
      {"2001:0:808:808::80ff:fffe", "loopback"},  // and by its client
      {"2001:0:808:808::f7f7:f7f7", "public"},
      {"2001:4860::5efe:10.0.0.1", "private"},  // ISATAP
      {"2001:4860::200:5efe:192.168.0.1", "private"},
      {"2001:4860::5efe:8.8.8.8", "public"},
  };
  for (const auto& row : rows) EXPECT_EQ(use_of(row.address), row.use) << row.address;
}

TEST(AddressGuard, is_not_misled_by_a_zone) {
  EXPECT_EQ(special_use(boost::asio::ip::make_address_v6(boost::asio::ip::make_address_v6("fe80::1").to_bytes(), 3)),
            "link-local");
}

}  // namespace
}  // namespace soundbite
