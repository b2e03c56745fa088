#include "app/recording/input_files.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "app/recording/memory_file.h"
#include "base/text.h"
#include "job/media_type.h"

namespace soundbite {

namespace {

constexpr std::array containers = {Container::wav,  Container::w64, Container::rf64,    Container::aiff,
                                   Container::flac, Container::mp3, Container::adts,    Container::mp4,
                                   Container::ogg,  Container::caf, Container::matroska};

bool is_among(std::string_view word, std::string_view words) {
  while (!words.empty()) {
    const std::string_view first = words.substr(0, words.find(' '));
    if (first == word) return true;
    words.remove_prefix(std::min(words.size(), first.size() + 1));
  }
  return false;
}

bool has_extension_of_a_recording(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  if (extension.empty()) return false;
  extension.erase(0, 1);
  std::ranges::transform(extension, extension.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return std::ranges::any_of(containers, [&](Container one) { return is_among(extension, traits_of(one).extensions); });
}

Result<void> add_folder(const std::string& folder, std::vector<std::string>& found) {
  std::vector<std::string> inside;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error) && has_extension_of_a_recording(entry->path()))
      inside.push_back(entry->path().string());
  }
  if (error) return fail(ErrorCode::invalid, folder + ": " + error.message());
  if (inside.empty()) return fail(ErrorCode::invalid, "no recordings are in " + folder);
  std::ranges::sort(inside);
  found.insert(found.end(), inside.begin(), inside.end());
  return {};
}

bool add_matches(const std::string& pattern, std::vector<std::string>& found) {
  glob_t matches{};
  const bool any = ::glob(pattern.c_str(), 0, nullptr, &matches) == 0;
  if (any) found.insert(found.end(), matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  ::globfree(&matches);
  return any;
}

Result<File> copy_of_standard_input() {
  auto copy = memory_file("standard-input");
  std::array<std::byte, 65'536> block;
  while (true) {
    const ssize_t n = ::read(STDIN_FILENO, block.data(), block.size());
    if (n == 0 || !copy) return copy;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(error_from_errno(errno, "standard input"));
    if (auto written = copy->write_all(std::span(block).first(static_cast<std::size_t>(n))); !written)
      return std::unexpected(written.error());
  }
}

}  // namespace

Result<std::vector<std::string>> find_input_files(std::span<const std::string> words) {
  std::vector<std::string> found;
  for (const auto& word : words) {
    std::error_code error;
    if (word != "-" && std::filesystem::is_directory(word, error)) {
      if (auto added = add_folder(word, found); !added) return std::unexpected(std::move(added.error()));
    } else if (word == "-" || std::filesystem::exists(word, error)) {
      found.push_back(word);
    } else if (!add_matches(word, found)) {
      return fail(ErrorCode::invalid, "there is no file " + quote_json(word));
    }
  }
  return found;
}

Result<File> open_input_file(const std::string& path) {
  if (path == "-") return copy_of_standard_input();
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(error_from_errno(errno, path));
  struct stat info{};
  if (::fstat(file.fd(), &info) != 0) return std::unexpected(error_from_errno(errno, path));
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid, path + " is no regular file; pipe it in with -");
  return file;
}

}  // namespace soundbite
