// Whatever form arrives, and in whatever pieces: its parts are the same, or it is refused for the same reason.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/wire/multipart.h"

namespace {

using namespace soundbite;
using Event = MultipartReader::Event;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Form {
  std::vector<std::string> names;
  std::string bytes;  // of all parts, each behind a mark
  Event last = Event::more;
  std::string_view reason;
  bool operator==(const Form&) const = default;
};

Form read(std::string_view boundary, std::string_view body, std::size_t step) {
  Form form;
  MultipartReader reader(boundary);
  while (!body.empty() && form.last != Event::refused) {
    reader.feed(body.substr(0, step));
    body.remove_prefix(std::min(step, body.size()));
    while (true) {
      form.last = reader.next();
      if (form.last == Event::part) {
        form.names.push_back(reader.part().name);
        form.bytes += "|";
      }
      if (form.last == Event::data) {
        require(!reader.data().empty());
        form.bytes += reader.data();
      }
      if (form.last == Event::refused) form.reason = reader.refusal().reason;
      if (form.last == Event::more || form.last == Event::end || form.last == Event::refused) break;
    }
  }
  return form;
}

}  // namespace

// The first byte says how the others arrive; then a Content-Type up to the first line end; then the form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = data[0] % 32 + 1;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  const auto boundary = boundary_of(rest.substr(0, line));
  if (!boundary || line == rest.size()) return 0;
  require(!boundary->empty() && boundary->size() <= 70);
  const std::string_view body = rest.substr(line + 1);
  const Form whole = read(*boundary, body, body.size() + 1);
  const Form pieces = read(*boundary, body, step);
  require(whole.names.size() <= MultipartReader::max_parts);
  if (whole.last == Event::end) require(whole == pieces);
  if (whole.last == Event::refused) require(pieces.last == Event::refused && whole.reason == pieces.reason);
  require(whole.bytes.size() <= body.size());
  return 0;
}
