#include "http/handlers/form_body.h"

#include "http/problems.h"

namespace soundbite::handlers {

using Event = MultipartReader::Event;

namespace {

std::unexpected<Refusal> refused(const HeadRefusal& refusal) {
  return std::unexpected(refuse(refusal.problem, std::string(refusal.detail)));
}

}  // namespace

std::expected<FormBody, Refusal> FormBody::of(const Request& request, BodyStream& body) {
  const auto boundary = boundary_of(request.content_type);
  if (!boundary) {
    return std::unexpected(
        refuse("bad-request", "the Content-Type multipart/form-data names a boundary of 1 to 70 characters"));
  }
  return FormBody(*boundary, body);
}

awaitable<std::expected<Event, Refusal>> FormBody::next_event() {
  while (true) {
    const Event event = reader_.next();
    if (event == Event::refused) co_return refused(reader_.refusal());
    if (event != Event::more) co_return event;
    const auto piece = co_await body_->next();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return std::unexpected(refuse("bad-request", "the form ends before its last boundary"));
    reader_.feed(*piece);
  }
}

awaitable<std::expected<const PartHead*, Refusal>> FormBody::next_part() {
  while (true) {
    const auto event = co_await next_event();
    if (!event) co_return std::unexpected(event.error());
    if (*event == Event::part) {
      in_part_ = true;
      co_return &reader_.part();
    }
    if (*event == Event::end) {
      auto finished = co_await finish();
      if (!finished) co_return std::unexpected(std::move(finished.error()));
      co_return nullptr;
    }
  }
}

// Nothing may stand behind the form; and the body has its own end, with its digest.
awaitable<std::expected<void, Refusal>> FormBody::finish() {
  while (true) {
    const auto piece = co_await body_->next();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return std::expected<void, Refusal>{};
    reader_.feed(*piece);
    if (reader_.next() == Event::refused) co_return refused(reader_.refusal());
  }
}

awaitable<std::expected<std::string_view, Refusal>> FormBody::next_bytes() {
  if (!in_part_) co_return std::string_view();
  const auto event = co_await next_event();
  if (!event) co_return std::unexpected(event.error());
  if (*event == Event::data) co_return reader_.data();
  in_part_ = false;
  co_return std::string_view();
}

awaitable<std::expected<std::string, Refusal>> FormBody::read_text(std::size_t limit) {
  std::string text;
  while (true) {
    const auto bytes = co_await next_bytes();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) co_return text;
    if (bytes->size() > limit - text.size()) {
      co_return std::unexpected(refuse(
          "payload-too-large", "the part " + reader_.part().name + " may have " + std::to_string(limit) + " bytes"));
    }
    text += *bytes;
  }
}

}  // namespace soundbite::handlers
