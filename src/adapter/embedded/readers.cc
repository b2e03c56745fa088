#include "adapter/embedded/readers.h"

#include <utility>

namespace soundbite::embedded {

Readers::Readers(std::string path, std::size_t threads) : path_(std::move(path)), pool_(threads) {}

Readers::~Readers() { stop(); }

void Readers::stop() {
  pool_.join();
  const std::lock_guard lock(mutex_);
  idle_.clear();
}

Result<std::unique_ptr<Connection>> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return Connection::open(path_, Connection::Mode::read);
}

void Readers::give_back(std::unique_ptr<Connection> connection) {
  if (connection->broken()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace soundbite::embedded
