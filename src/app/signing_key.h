// The key that signs upload addresses, kept in the data folder so that they outlive a restart.
#pragma once

#include <string>

#include "base/error.h"
#include "base/random.h"
#include "base/signature.h"

namespace soundbite {

// Reads DATA_DIR/signing.key, or makes it (0600, durable) where it is missing. Call while the folder is owned. Errors:
// unavailable; corrupt when it is no key, with the fix.
Result<SigningKey> load_signing_key(const std::string& data_dir, Random& random);

}  // namespace soundbite
