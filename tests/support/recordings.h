// Small recordings, made by the tests that need them.
#pragma once

#include <cstdint>
#include <string>

namespace soundbite {

// A WAV of 16 bit and one channel at 8 kHz, `bytes` long in all (at least 44), so that sizes can be chosen.
inline std::string wav_of(std::size_t bytes) {
  const auto number = [](std::uint64_t value, int size) {
    std::string text;
    for (int i = 0; i < size; ++i) text.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    return text;
  };
  const std::size_t data = bytes - 44;
  std::string wav = "RIFF" + number(bytes - 8, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) + number(1, 2) +
                    number(8'000, 4) + number(16'000, 4) + number(2, 2) + number(16, 2) + "data" + number(data, 4);
  for (std::size_t i = 0; i < data; ++i) wav.push_back(static_cast<char>(i * 31 + i / 251));
  return wav;
}

}  // namespace soundbite
