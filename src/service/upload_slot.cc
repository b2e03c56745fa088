#include "service/upload_slot.h"

#include "base/digest.h"

namespace soundbite {

std::string sign(const UploadSlot& slot, const SigningKey& key) {
  // Each part with its length in front, so that no two slots give the same message.
  std::string message = "soundbite upload slot 1";
  for (const std::string& part :
       {slot.id.text(), std::to_string(slot.bytes), slot.sha256, slot.content_type, slot.name,
        std::to_string(slot.expires_at.time_since_epoch().count()), slot.owner.tenant_id, slot.owner.user_id}) {
    message += '|' + std::to_string(part.size()) + ':' + part;
  }
  return to_hex(hmac_sha256(key, message));
}

bool is_signed(const UploadSlot& slot, std::string_view signature, const SigningKey& key) {
  return same_in_constant_time(sign(slot, key), signature);
}

}  // namespace soundbite
