// A file that arrives as the part of a form.
#pragma once

#include <memory>
#include <string>

#include "http/handlers/form_body.h"
#include "service/files.h"

namespace soundbite::handlers {

struct ArrivedFile {
  std::unique_ptr<FileIntake> intake;
  std::string name;  // as sent
};

// Takes the part that `form` is at in. Errors: what Files::receive and FileIntake::write answer.
awaitable<std::expected<ArrivedFile, Refusal>> receive_part(Files& files, FormBody& form, const PartHead& part,
                                                            const Request& request);

Refusal wrong_parts(std::vector<FieldError> errors);
// A part that comes twice, or that nobody asked for.
Refusal unexpected_part(std::string_view name, bool again, std::vector<std::string> known);
FieldError missing_part(std::string_view name, std::string fix);

}  // namespace soundbite::handlers
