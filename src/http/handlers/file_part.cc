#include "http/handlers/file_part.h"

#include "base/text.h"
#include "http/problems.h"

namespace soundbite::handlers {

awaitable<std::expected<ArrivedFile, Refusal>> receive_part(Files& files, FormBody& form, const PartHead& part,
                                                            const Request& request) {
  ArrivedFile arrived;
  arrived.name = part.file_name.value_or("");
  auto intake = co_await files.receive(request.deadline);
  if (!intake) co_return std::unexpected(refuse(intake.error()));
  arrived.intake = std::move(*intake);
  while (true) {
    const auto bytes = co_await form.next_bytes();
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) co_return arrived;
    if (auto taken = co_await arrived.intake->write(std::as_bytes(std::span(*bytes))); !taken) {
      co_return std::unexpected(refuse(taken.error()));
    }
  }
}

Refusal wrong_parts(std::vector<FieldError> errors) {
  const std::size_t count = errors.size();
  return refuse("validation-failed",
                count == 1 ? "1 part of the form is wrong" : std::to_string(count) + " parts of the form are wrong",
                std::move(errors));
}

Refusal unexpected_part(std::string_view name, bool again, std::vector<std::string> known) {
  const std::string pointer = '/' + std::string(name);
  if (again) return wrong_parts({{pointer, "duplicate", "send this part once", {}}});
  auto near = nearest_names(name, known);
  if (near.empty()) near = std::move(known);
  return wrong_parts({{pointer, "unknown_part", "the form has no such part here", std::move(near)}});
}

FieldError missing_part(std::string_view name, std::string fix) {
  return {'/' + std::string(name), "missing", std::move(fix), {}};
}

}  // namespace soundbite::handlers
