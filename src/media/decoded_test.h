// For tests: finished audio decoded again by libav, and what its container says of itself.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <ostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "media/av.h"
#include "media/encode.h"
#include "media/sink.h"

namespace soundbite {

inline void PrintTo(Format format, std::ostream* out) { *out << traits_of(format).name; }

}  // namespace soundbite

namespace soundbite::media {

struct Decoded {
  int sample_rate = 0;
  int channels = 0;
  std::string codec;
  double declared_s = 0;                         // what the container says; 0: nothing
  std::vector<std::vector<float>> channel = {};  // samples
  std::size_t frames() const { return channel.empty() ? 0 : channel[0].size(); }
};

inline void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

inline File memory_file() { return File(::memfd_create("audio", MFD_CLOEXEC)); }

inline std::string bytes_of(const File& file) {
  std::string bytes(*file.size(), '\0');
  require(bytes.empty() || file.read_at(std::as_writable_bytes(std::span(bytes)), 0) == bytes.size(), "short read");
  return bytes;
}

inline void append(Decoded& decoded, const AVFrame& frame) {
  decoded.channel.resize(static_cast<std::size_t>(frame.ch_layout.nb_channels));
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  for (int i = 0; i < frame.nb_samples; ++i) {
    for (int c = 0; c < frame.ch_layout.nb_channels; ++c) {
      const std::uint8_t* plane = frame.extended_data[planar ? c : 0];
      const int at = planar ? i : i * frame.ch_layout.nb_channels + c;
      float value = 0;
      switch (av_get_packed_sample_fmt(format)) {
        case AV_SAMPLE_FMT_FLT: value = reinterpret_cast<const float*>(plane)[at]; break;
        case AV_SAMPLE_FMT_S16:
          value = static_cast<float>(reinterpret_cast<const std::int16_t*>(plane)[at]) / 32'768.0F;
          break;
        default: throw std::runtime_error("unexpected sample format");
      }
      decoded.channel[static_cast<std::size_t>(c)].push_back(value);
    }
  }
}

inline Decoded decode(const File& file) {
  const std::string path = "file:/proc/self/fd/" + std::to_string(file.fd());
  AVFormatContext* input = nullptr;
  require(avformat_open_input(&input, path.c_str(), nullptr, nullptr) >= 0, "cannot be opened");
  struct Close {
    void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
  };
  const std::unique_ptr<AVFormatContext, Close> closer(input);
  require(avformat_find_stream_info(input, nullptr) >= 0 && input->nb_streams == 1, "not one stream");
  const AVStream* stream = input->streams[0];
  const AVCodec* codec = avcodec_find_decoder(stream->codecpar->codec_id);
  const Av<AVCodecContext> context(avcodec_alloc_context3(codec));
  avcodec_parameters_to_context(context.get(), stream->codecpar);
  context->pkt_timebase = stream->time_base;
  require(avcodec_open2(context.get(), codec, nullptr) >= 0, "cannot be decoded");
  Decoded decoded{.sample_rate = stream->codecpar->sample_rate,
                  .channels = stream->codecpar->ch_layout.nb_channels,
                  .codec = codec->name};
  if (input->duration != AV_NOPTS_VALUE) decoded.declared_s = static_cast<double>(input->duration) / AV_TIME_BASE;
  const Av<AVPacket> packet(av_packet_alloc());
  const Av<AVFrame> frame(av_frame_alloc());
  for (bool more = true; more;) {
    more = av_read_frame(input, packet.get()) >= 0;
    require(avcodec_send_packet(context.get(), more ? packet.get() : nullptr) >= 0, "a packet is broken");
    av_packet_unref(packet.get());
    while (avcodec_receive_frame(context.get(), frame.get()) >= 0) append(decoded, *frame);
  }
  return decoded;
}

inline std::vector<float> sine(int rate, double seconds, double frequency = 440, double amplitude = 0.5) {
  std::vector<float> samples(static_cast<std::size_t>(std::lround(rate * seconds)));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(
        amplitude * std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / static_cast<double>(rate)));
  }
  return samples;
}

// Of the middle half, where no encoder fades in or out.
inline double level_db(std::span<const float> samples) {
  const auto middle = samples.subspan(samples.size() / 4, samples.size() / 2);
  double sum = 0;
  for (const float sample : middle) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return 10 * std::log10(sum / static_cast<double>(middle.size()));
}

inline PcmSource source_of(std::span<const float> samples) {
  return [samples](std::span<float> block) mutable -> Result<std::size_t> {
    const std::size_t count = std::min(block.size(), samples.size());
    std::ranges::copy(samples.first(count), block.begin());
    samples = samples.subspan(count);
    return count;
  };
}

struct Made {
  Result<EncodeReport> report;
  File file;
};

inline Made encode_to_file(const EncodeJob& job, std::span<const float> samples) {
  quieten_libav();
  File file = memory_file();
  auto report = encode(job, source_of(samples), file.fd(), [](std::uint64_t) {});
  return {std::move(report), std::move(file)};
}

// Through a pipe, as a listener would get it.
inline Made encode_to_pipe(const EncodeJob& job, std::span<const float> samples) {
  quieten_libav();
  int ends[2];
  require(::pipe2(ends, O_CLOEXEC) == 0, "no pipe");
  const File read_end(ends[0]);
  File write_end(ends[1]);
  File file = memory_file();
  std::thread listener([&] {
    std::vector<std::byte> block(4'096);
    for (ssize_t n; (n = ::read(read_end.fd(), block.data(), block.size())) > 0;) {
      require(file.write_all(std::span(block).first(static_cast<std::size_t>(n))).has_value(), "cannot be kept");
    }
  });
  auto report = encode(job, source_of(samples), write_end.fd(), [](std::uint64_t) {});
  write_end.close();
  listener.join();
  return {std::move(report), std::move(file)};
}

}  // namespace soundbite::media
