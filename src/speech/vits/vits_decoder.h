// Our own decoder of VITS voices, in place of ONNX Runtime's where it knows the voice and the processor.
#pragma once

#include <memory>
#include <string_view>

#include "onnx/vits.h"
#include "speech/piper/frame_decoder.h"
#include "speech/vits/kernels.h"

namespace soundbite {

// `decoder`, `cut` and `shape` are of a voice cut by split_vits; the bytes are not needed afterwards. Takes a few tens
// of milliseconds. Null when the decoder is of another kind or `kernels` is null: then make_onnx_decoder is the way.
std::unique_ptr<FrameDecoder> make_vits_decoder(std::string_view decoder, std::string_view cut,
                                                const DecoderShape& shape,
                                                const vits::Kernels* kernels = vits::best_kernels());

}  // namespace soundbite
