#include "worker/sweeper.h"

#include <algorithm>

namespace soundbite {

Sweeper::Sweeper(const asio::any_io_executor& executor, SweeperPorts ports, SweeperOptions options)
    : ports_(ports), options_(options), tasks_(executor) {}

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
      ports_.log.warn("sweep_failed", {{"error", swept.error().message}});
    } else if (swept->anything()) {
      ports_.log.info("swept", {{"interrupted", swept->interrupted},
                                {"blobs_removed", swept->blobs_removed},
                                {"files_removed", swept->files_removed},
                                {"uploads_removed", swept->uploads_removed}});
    }
  }
}

awaitable<Result<Swept>> Sweeper::run_once(Deadline deadline) {
  Swept swept;
  if (auto jobs = co_await sweep_jobs(swept, deadline); !jobs) co_return std::unexpected(jobs.error());
  const auto files = co_await ports_.files.sweep(options_.batch, deadline);
  if (!files) co_return std::unexpected(files.error());
  swept.files_removed = *files;
  const auto uploads = co_await ports_.uploads.sweep(options_.batch, deadline);
  if (!uploads) co_return std::unexpected(uploads.error());
  swept.uploads_removed = *uploads;
  co_return swept;
}

awaitable<Result<void>> Sweeper::sweep_jobs(Swept& swept, Deadline deadline) {
  const auto records = co_await ports_.jobs.sweep(options_.batch, deadline);
  if (!records) co_return std::unexpected(records.error());
  swept.interrupted = records->interrupted;

  const auto page = co_await ports_.blobs.list(cursor_, options_.batch, options_.orphan_age, deadline);
  if (!page) co_return std::unexpected(page.error());
  cursor_ = page->next;
  auto orphans = co_await ports_.jobs.orphans_among(page->keys, deadline);
  if (!orphans) co_return std::unexpected(orphans.error());

  // Blobs of expired records that cannot be removed now are orphans the next time round.
  orphans->insert(orphans->end(), records->orphan_keys.begin(), records->orphan_keys.end());
  std::ranges::sort(*orphans);
  orphans->erase(std::ranges::unique(*orphans).begin(), orphans->end());
  for (const auto& key : *orphans) {
    if (auto removed = co_await ports_.blobs.remove(key, deadline); !removed)
      co_return std::unexpected(removed.error());
    ++swept.blobs_removed;
  }
  co_return Result<void>{};
}

}  // namespace soundbite
