#include "job/waveform.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace soundbite {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t flag_8_bits = 1;

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorCode::corrupt, "the waveform is damaged: " + std::string(what));
}

// Little-endian values one after the other; the caller knows that they are there.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  T next() {
    T value;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

template <class T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_number(std::string& out, double value) {
  std::array<char, 32> buffer;
  out.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
}

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer;
  out.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
}

double full_scale(const Waveform& waveform) { return waveform.bits == 8 ? 128 : 32'768; }

}  // namespace

Result<Waveform> parse_waveform(std::string_view dat) {
  constexpr std::size_t header_of_1 = 20;
  constexpr std::size_t header_of_2 = 24;
  if (dat.size() < header_of_1) return corrupt("it ends within its header");
  Reader reader(dat);
  const auto version = reader.next<std::int32_t>();
  const auto flags = reader.next<std::uint32_t>();
  Waveform waveform{.sample_rate = reader.next<std::int32_t>(), .samples_per_pixel = reader.next<std::int32_t>()};
  const auto length = reader.next<std::uint32_t>();
  if (version != 1 && version != 2) return corrupt("its version is neither 1 nor 2");
  if (version == 2 && dat.size() < header_of_2) return corrupt("it ends within its header");
  waveform.channels = version == 1 ? 1 : reader.next<std::int32_t>();
  waveform.bits = (flags & flag_8_bits) != 0 ? 8 : 16;
  if ((flags & ~flag_8_bits) != 0) return corrupt("it has flags that are not known");
  if (waveform.sample_rate < 1) return corrupt("its sample rate is not above 0");
  if (waveform.samples_per_pixel < 1) return corrupt("its samples per pixel are not above 0");
  if (waveform.channels < 1 || waveform.channels > max_waveform_channels)
    return corrupt("its channels are not 1 to 24");
  const std::size_t values = std::size_t{length} * 2 * static_cast<std::size_t>(waveform.channels);
  if (reader.rest().size() != values * (waveform.bits == 8 ? 1 : 2)) {
    return corrupt("it has not as many points as its header says");
  }
  waveform.data.resize(values);
  for (std::int16_t& value : waveform.data) {
    value = waveform.bits == 8 ? reader.next<std::int8_t>() : reader.next<std::int16_t>();
  }
  return waveform;
}

std::string to_audiowaveform_dat(const Waveform& waveform) {
  std::string out;
  append(out, std::int32_t{waveform.channels == 1 ? 1 : 2});
  append(out, waveform.bits == 8 ? flag_8_bits : std::uint32_t{0});
  append(out, std::int32_t{waveform.sample_rate});
  append(out, std::int32_t{waveform.samples_per_pixel});
  append(out, static_cast<std::uint32_t>(waveform.length()));
  if (waveform.channels != 1) append(out, std::int32_t{waveform.channels});
  for (const std::int16_t value : waveform.data) {
    if (waveform.bits == 8) {
      append(out, static_cast<std::int8_t>(value));
    } else {
      append(out, value);
    }
  }
  return out;
}

std::string to_audiowaveform_json(const Waveform& waveform) {
  std::string out = R"({"version":2)";
  const auto member = [&](std::string_view name, std::int64_t value) {
    out.append(",\"").append(name).append("\":");
    append_integer(out, value);
  };
  member("channels", waveform.channels);
  member("sample_rate", waveform.sample_rate);
  member("samples_per_pixel", waveform.samples_per_pixel);
  member("bits", waveform.bits);
  member("length", static_cast<std::int64_t>(waveform.length()));
  out += ",\"data\":[";
  for (std::size_t i = 0; i < waveform.data.size(); ++i) {
    if (i > 0) out += ',';
    append_integer(out, waveform.data[i]);
  }
  out += "]}\n";
  return out;
}

std::string to_wavesurfer_json(const Waveform& waveform, double duration_s) {
  constexpr double digits = 1e5;  // finer than 16 bits
  const auto stride = static_cast<std::size_t>(waveform.channels) * 2;
  std::string out = R"({"peaks":[)";
  for (std::size_t channel = 0; channel < stride; channel += 2) {
    out += channel == 0 ? "[" : ",[";
    for (std::size_t i = channel; i < waveform.data.size(); i += stride) {
      if (i > channel) out += ',';
      for (const std::size_t k : {i, i + 1}) {
        if (k > i) out += ',';
        append_number(out, std::round(waveform.data[k] / full_scale(waveform) * digits) / digits + 0.0);
      }
    }
    out += ']';
  }
  out += R"(],"duration":)";
  append_number(out, std::isfinite(duration_s) ? std::round(duration_s * 1e6) / 1e6 : 0);
  out += '}';
  return out;
}

Waveform with_samples_per_pixel(const Waveform& waveform, int samples_per_pixel) {
  if (samples_per_pixel <= waveform.samples_per_pixel) return waveform;
  Waveform result{.sample_rate = waveform.sample_rate,
                  .samples_per_pixel = samples_per_pixel,
                  .channels = waveform.channels,
                  .bits = waveform.bits};
  const auto stride = static_cast<std::size_t>(waveform.channels) * 2;
  const auto fine = static_cast<std::uint64_t>(waveform.samples_per_pixel);
  const auto coarse = static_cast<std::uint64_t>(samples_per_pixel);
  for (std::size_t point = 0; point < waveform.length(); ++point) {
    const std::size_t target = point * fine / coarse * stride;
    const std::int16_t* from = waveform.data.data() + point * stride;
    if (target == result.data.size()) {
      result.data.insert(result.data.end(), from, from + stride);
      continue;
    }
    for (std::size_t i = 0; i < stride; i += 2) {
      result.data[target + i] = std::min(result.data[target + i], from[i]);
      result.data[target + i + 1] = std::max(result.data[target + i + 1], from[i + 1]);
    }
  }
  return result;
}

int samples_per_pixel_for(const Waveform& waveform, std::size_t points) {
  const auto fine = static_cast<std::uint64_t>(waveform.samples_per_pixel);
  if (waveform.length() <= points) return waveform.samples_per_pixel;
  // The last point begins at (length − 1) × fine; it must fall into one of the first `points` of the coarse ones.
  const std::uint64_t wanted = (waveform.length() - 1) * fine / points + 1;
  return static_cast<int>(std::min<std::uint64_t>(wanted, std::numeric_limits<int>::max()));
}

Waveform folded_to_mono(const Waveform& waveform) {
  Waveform result{.sample_rate = waveform.sample_rate,
                  .samples_per_pixel = waveform.samples_per_pixel,
                  .channels = 1,
                  .bits = waveform.bits};
  result.data.reserve(waveform.length() * 2);
  const auto stride = static_cast<std::size_t>(waveform.channels) * 2;
  for (std::size_t point = 0; point < waveform.data.size(); point += stride) {
    int low = 0;
    int high = 0;
    for (std::size_t i = 0; i < stride; i += 2) {
      low += waveform.data[point + i];
      high += waveform.data[point + i + 1];
    }
    result.data.push_back(static_cast<std::int16_t>(low / waveform.channels));
    result.data.push_back(static_cast<std::int16_t>(high / waveform.channels));
  }
  return result;
}

Waveform with_8_bits(const Waveform& waveform) {
  Waveform result = waveform;
  if (waveform.bits == 8) return result;
  result.bits = 8;
  for (std::int16_t& value : result.data) value = static_cast<std::int16_t>(value / 256);
  return result;
}

std::vector<float> peaks_of(const Waveform& waveform, std::size_t count) {
  const std::size_t length = waveform.length();
  if (length == 0) return {};
  const auto stride = static_cast<std::size_t>(waveform.channels) * 2;
  std::vector<float> peaks(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = i * length / count;
    const std::size_t end = std::max((i + 1) * length / count, first + 1);
    int largest = 0;
    for (std::size_t k = first * stride; k < end * stride; ++k) {
      largest = std::max(largest, std::abs(int{waveform.data[k]}));
    }
    peaks[i] = static_cast<float>(largest / full_scale(waveform));
  }
  return peaks;
}

}  // namespace soundbite
