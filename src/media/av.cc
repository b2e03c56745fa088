#include "media/av.h"

#include <array>
#include <cerrno>
#include <new>

namespace soundbite::media {

Error error_from_libav(int number, std::string_view what) {
  const int errno_value = AVUNERROR(number);
  if (errno_value == ENOMEM) throw std::bad_alloc();  // as want of memory is told everywhere else
  if (errno_value > 0 && errno_value < 4'096 && errno_value != EINVAL) return error_from_errno(errno_value, what);
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(number, text.data(), text.size());
  return {ErrorCode::internal, std::string(what) + ": " + text.data(), {}};
}

}  // namespace soundbite::media
