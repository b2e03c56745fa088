#include "net/name_lookup.h"

#include <gmock/gmock.h>

#include <future>

namespace soundbite {
namespace {

class NameLookupTest : public testing::Test {
 protected:
  Result<Addresses> look_up(std::string host) {
    Result<Addresses> result;
    TaskGroup group(io_.get_executor());
    group.spawn(ask(std::move(host), result));
    io_.run();
    io_.restart();
    return result;
  }
  awaitable<void> ask(std::string host, Result<Addresses>& result) { result = co_await look_up_(std::move(host)); }

  asio::io_context io_;
  asio::thread_pool threads_{1};
  const LookUp look_up_ = system_look_up(threads_);
};

// getaddrinfo reads these forms without asking any server.
TEST_F(NameLookupTest, tells_the_address_behind_every_way_to_write_one) {
  const auto loopback = asio::ip::make_address("127.0.0.1");
  for (const auto* host : {"127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "0x7f000001", "127.1"}) {
    const auto found = look_up(host);
    ASSERT_TRUE(found) << host << ": " << found.error().message;
    EXPECT_THAT(*found, testing::ElementsAre(loopback)) << host;
  }
  EXPECT_THAT(look_up("::ffff:7f00:1").value(), testing::ElementsAre(asio::ip::make_address("::ffff:127.0.0.1")));
}

TEST_F(NameLookupTest, can_be_given_up_while_the_resolver_still_works) {
  std::promise<void> release;
  asio::post(threads_, [&] { release.get_future().wait(); });  // every look-up waits behind this one
  Result<Addresses> result;
  TaskGroup group(io_.get_executor());
  group.spawn(ask("127.0.0.1", result));
  io_.poll();
  EXPECT_EQ(group.running(), 1u);
  asio::post(io_, [&] { group.cancel(); });
  io_.poll();
  EXPECT_EQ(group.running(), 0u);
  release.set_value();
  threads_.join();
  io_.restart();
  io_.run();  // the answer that nobody waits for
  EXPECT_THAT(result.value(), testing::IsEmpty());
}

}  // namespace
}  // namespace soundbite
