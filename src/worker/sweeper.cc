#include "worker/sweeper.h"

#include <algorithm>

namespace soundbite {

Sweeper::Sweeper(asio::any_io_executor executor, JobStore& jobs, BlobStore& blobs, Log& log, SweeperOptions options)
    : jobs_(jobs), blobs_(blobs), log_(log), options_(options), tasks_(std::move(executor)) {}

void Sweeper::start() { tasks_.spawn(loop()); }

awaitable<void> Sweeper::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

awaitable<void> Sweeper::loop() {
  while (true) {
    co_await sleep_until(Deadline::in(options_.interval));
    const auto swept = co_await run_once(Deadline::in(options_.interval));
    if (!swept) {
      log_.warn("sweep_failed", {{"error", swept.error().message}});
    } else if (swept->interrupted + swept->blobs_removed > 0) {
      log_.info("swept", {{"interrupted", swept->interrupted}, {"blobs_removed", swept->blobs_removed}});
    }
  }
}

awaitable<Result<Swept>> Sweeper::run_once(Deadline deadline) {
  Swept swept;
  const auto records = co_await jobs_.sweep(options_.batch, deadline);
  if (!records) co_return std::unexpected(records.error());
  swept.interrupted = records->interrupted;

  const auto page = co_await blobs_.list(cursor_, options_.batch, options_.orphan_age, deadline);
  if (!page) co_return std::unexpected(page.error());
  cursor_ = page->next;
  auto orphans = co_await jobs_.orphans_among(page->keys, deadline);
  if (!orphans) co_return std::unexpected(orphans.error());

  // Blobs of expired records that cannot be removed now are orphans the next time round.
  orphans->insert(orphans->end(), records->orphan_keys.begin(), records->orphan_keys.end());
  std::ranges::sort(*orphans);
  orphans->erase(std::ranges::unique(*orphans).begin(), orphans->end());
  for (const auto& key : *orphans) {
    if (auto removed = co_await blobs_.remove(key, deadline); !removed) co_return std::unexpected(removed.error());
    ++swept.blobs_removed;
  }
  co_return swept;
}

}  // namespace soundbite
