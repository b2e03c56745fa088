// Whether a model file is whole, told from its length fields without reading its weights.
#pragma once

#include "base/error.h"
#include "base/file.h"

namespace soundbite {

// Reads a few hundred kilobytes of a 60 MB model. Errors: corrupt when it breaks off or is no ONNX model; unavailable.
Result<void> skim_model(const File& file);

}  // namespace soundbite
