// Presigned uploads: a slot is offered to who may upload, and filled by whoever has its address.
#include <boost/json/serialize.hpp>

#include "base/strict_json.h"
#include "base/text.h"
#include "http/handlers/digested_body.h"
#include "http/handlers/handlers.h"
#include "http/handlers/path_id.h"
#include "http/handlers/received_body.h"
#include "http/problems.h"
#include "http/wire/characters.h"
#include "http/wire/digest_fields.h"
#include "http/wire/target.h"
#include "http/wire/tus_fields.h"

namespace soundbite::handlers {

namespace json = boost::json;

namespace {

constexpr std::size_t max_content_type = 200;
constexpr std::size_t max_name = 1000;  // as sent, before it is cleaned

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is(c, characters::authority) && c != '%' && c != ':' && c != '[' && c != ']') {
      encoded += c;
    } else {
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

// Reads the members of a request for a slot; what is wrong collects.
class SlotReader {
 public:
  SlotReader(const json::object& object, std::uint64_t max_bytes) : object_(object), max_bytes_(max_bytes) {}

  std::expected<UploadSlot, Refusal> read() {
    UploadSlot slot;
    slot.bytes = bytes();
    const std::string sha256 = text("sha256", true);
    if (const auto digest = parse_sha256_hex(sha256)) {
      slot.sha256 = to_hex(digest->bytes);
    } else if (object_.contains("sha256")) {
      wrong("sha256", "bad_digest", "64 hexadecimal digits");
    }
    slot.content_type = text("contentType", true);
    if (slot.content_type.size() > max_content_type || !all(slot.content_type, characters::value)) {
      wrong("contentType", "bad_content_type", "the Content-Type that will be sent with the bytes, like audio/wav");
    }
    slot.name = text("name", false);
    if (slot.name.size() > max_name) wrong("name", "too_long", "at most 1,000 bytes");
    refuse_unknown();
    if (errors_.empty()) return slot;
    const std::size_t count = errors_.size();
    return std::unexpected(refuse("validation-failed",
                                  count == 1 ? "1 field is wrong" : std::to_string(count) + " fields are wrong",
                                  std::move(errors_)));
  }

 private:
  void wrong(std::string_view name, std::string code, std::string detail, std::vector<std::string> suggestions = {}) {
    errors_.push_back({'/' + std::string(name), std::move(code), std::move(detail), std::move(suggestions)});
  }

  std::uint64_t bytes() {
    const json::value* value = object_.if_contains("bytes");
    const std::int64_t* number = value ? value->if_int64() : nullptr;
    if (!value) {
      wrong("bytes", "missing", "how many bytes the file has");
    } else if (!number || *number < 1 || static_cast<std::uint64_t>(*number) > max_bytes_) {
      wrong("bytes", "out_of_range", "a whole number from 1 to " + std::to_string(max_bytes_));
    } else {
      return static_cast<std::uint64_t>(*number);
    }
    return 0;
  }

  std::string text(std::string_view name, bool required) {
    const json::value* value = object_.if_contains(name);
    if (!value && required) wrong(name, "missing", "a text");
    if (!value) return {};
    if (value->is_string() && !value->get_string().empty()) return std::string(value->get_string());
    wrong(name, "wrong_type", "a text that is not empty");
    return {};
  }

  void refuse_unknown() {
    const std::vector<std::string> known{"bytes", "sha256", "contentType", "name"};
    for (const auto& member : object_) {
      const std::string name(member.key());
      if (std::ranges::find(known, name) != known.end()) continue;
      wrong(name, "unknown_field", "there is no such field here", nearest_names(name, known));
    }
  }

  const json::object& object_;
  std::uint64_t max_bytes_;
  std::vector<FieldError> errors_;
};

std::string address_of(const UploadSlot& slot, const std::string& signature, std::string_view public_url) {
  std::string address = std::string(public_url) + "/api/v1/files/" + slot.id.text() + "/content";
  address += "?bytes=" + std::to_string(slot.bytes) + "&sha256=" + slot.sha256;
  address += "&expires=" + std::to_string(std::chrono::floor<Seconds>(slot.expires_at).time_since_epoch().count());
  const auto add = [&address](std::string_view name, const std::string& value) {
    if (!value.empty()) address += '&' + std::string(name) + '=' + percent_encode(value);
  };
  add("name", slot.name);
  add("tenant", slot.owner.tenant_id);
  add("user", slot.owner.user_id);
  return address + "&signature=" + signature;
}

// The slot that an address claims to be; its signature tells whether it is one.
std::expected<std::pair<UploadSlot, std::string>, Refusal> read_address(FileId id, const Request& request) {
  QueryReader query(request.query);
  UploadSlot slot;
  slot.id = id;
  const auto bytes = parse_byte_count(query.take("bytes").value_or(""));
  const auto expires = parse_byte_count(query.take("expires").value_or(""));
  slot.sha256 = query.take("sha256").value_or("");
  slot.name = query.take("name").value_or("");
  slot.owner.tenant_id = query.take("tenant").value_or("");
  slot.owner.user_id = query.take("user").value_or("");
  slot.content_type = request.content_type;
  std::string signature = query.take("signature").value_or("");
  constexpr std::uint64_t last_second = 253'402'300'799;  // of the year 9999
  if (!bytes || !expires || *expires > last_second || !query.finish().empty()) {
    return std::unexpected(
        refuse("bad-signature", "use the address and the headers as POST /api/v1/files/presign gave them"));
  }
  slot.bytes = *bytes;
  slot.expires_at = Time(Seconds(*expires));
  return std::pair{std::move(slot), std::move(signature)};
}

}  // namespace

awaitable<Answer> offer_slot(Files& files, std::string_view public_url, const Request& request) {
  const auto document = parse_strict_json(request.body);
  if (!document) co_return std::unexpected(refuse(document.error()));
  if (!document->is_object()) {
    co_return std::unexpected(refuse("validation-failed", "1 field is wrong", {{"", "wrong_type", "an object", {}}}));
  }
  auto asked = SlotReader(document->get_object(), files.options().max_bytes).read();
  if (!asked) co_return std::unexpected(std::move(asked.error()));
  asked->owner = request.owner;
  const UploadSlot slot = files.offer(std::move(*asked));
  const json::object offered{{"fileId", slot.id.text()},
                             {"url", address_of(slot, files.signature_of(slot), public_url)},
                             {"method", "PUT"},
                             {"headers", {{"Content-Type", slot.content_type}}},
                             {"expiresAt", format_rfc3339(slot.expires_at)}};
  Response response;
  response.body = json::serialize(offered);
  co_return response;
}

awaitable<Answer> fill_slot(Files& files, const Request& request) {
  const auto id = path_id<FileId>(request, "file");
  if (!id) co_return std::unexpected(id.error());
  auto address = read_address(*id, request);
  if (!address) co_return std::unexpected(std::move(address.error()));
  const auto& [slot, signature] = *address;
  if (auto opened = co_await files.open_slot(slot, signature, request.deadline); !opened) {
    co_return std::unexpected(refuse(opened.error()));
  }
  auto body = DigestedBody::of(request);
  if (!body) co_return std::unexpected(std::move(body.error()));
  if (const auto sent = body->expected_bytes(); sent && *sent != slot.bytes) {
    co_return std::unexpected(
        refuse("validation-failed", "the body is not what was announced",
               {{"/query/bytes",
                 "wrong_size",
                 std::to_string(slot.bytes) + " bytes were announced, Content-Length says " + std::to_string(*sent),
                 {}}}));
  }
  auto intake = co_await files.receive(request.deadline);
  if (!intake) co_return std::unexpected(refuse(intake.error()));
  if (auto taken = co_await receive_body(**intake, *body); !taken) co_return std::unexpected(std::move(taken.error()));
  const auto file = co_await files.fill_slot(slot, **intake, request.deadline);
  if (!file) co_return std::unexpected(refuse(file.error()));
  Response response;
  response.status = 201;
  response.add_header("Location", "/api/v1/files/" + file->id.text());
  response.body = render_file(*file);
  co_return response;
}

}  // namespace soundbite::handlers
