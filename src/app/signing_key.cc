#include "app/signing_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/file.h"

namespace soundbite {

namespace {

// Under its name only when it is whole and on disk.
Result<SigningKey> make_key(const std::string& path, Random& random) {
  SigningKey key{};
  random.fill(key);
  const std::string temporary = path + ".new";
  const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(error_from_errno(errno, temporary));
  if (auto written = file.write_all(std::as_bytes(std::span(key))); !written) return std::unexpected(written.error());
  if (::fsync(file.fd()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0)
    return std::unexpected(error_from_errno(errno, path));
  return key;
}

}  // namespace

Result<SigningKey> load_signing_key(const std::string& data_dir, Random& random) {
  const std::string path = data_dir + "/signing.key";
  SigningKey key{};
  const auto bytes = read_file(path, key.size());
  if (!bytes && bytes.error().code == ErrorCode::not_found) return make_key(path, random);
  if (bytes && bytes->size() == key.size()) {
    std::ranges::copy(*bytes, key.begin());
    return key;
  }
  if (!bytes && bytes.error().code != ErrorCode::invalid) return std::unexpected(bytes.error());
  return fail(ErrorCode::corrupt, path + " is not a key of ours: remove it, and upload addresses given out so far end");
}

}  // namespace soundbite
