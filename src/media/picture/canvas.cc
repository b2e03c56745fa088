#include "media/picture/canvas.h"

#include <algorithm>
#include <cstring>

#include "media/av.h"
#include "media/picture/font.h"

namespace soundbite::media {

Canvas::Canvas(int width, int height, const Palette& palette, Ink background)
    : width_(width),
      height_(height),
      palette_(palette),
      pixels_(std::size_t(width) * std::size_t(height), background) {}

void Canvas::dot(int x, int y, Ink ink) {
  if (x < 0 || x >= width_ || y < 0 || y >= height_) return;
  pixels_[std::size_t(y) * std::size_t(width_) + std::size_t(x)] = ink;
}

void Canvas::fill(int x, int y, int width, int height, Ink ink) {
  for (int row = y; row < y + height; ++row) {
    for (int column = x; column < x + width; ++column) dot(column, row, ink);
  }
}

void Canvas::text(int x, int y, std::string_view text, Ink ink, Align align) {
  const int width = text_width(text);
  if (align == Align::centre) x -= width / 2;
  if (align == Align::right) x -= width;
  for (const char character : text) {
    const Glyph glyph = glyph_of(character);
    for (int row = 0; row < glyph_height; ++row) {
      for (int column = 0; column < glyph_width; ++column) {
        if ((glyph[static_cast<std::size_t>(row)] >> (glyph_width - 1 - column) & 1) != 0)
          dot(x + column, y + row, ink);
      }
    }
    x += glyph_advance;
  }
}

Result<void> Canvas::write_png(const File& to) const {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  if (codec == nullptr) return fail(ErrorCode::internal, "libavcodec has no PNG encoder");
  const Av<AVCodecContext> context(avcodec_alloc_context3(codec));
  const Av<AVFrame> frame(av_frame_alloc());
  const Av<AVPacket> packet(av_packet_alloc());
  if (!context || !frame || !packet) return fail(ErrorCode::unavailable, "draw a picture: out of memory");
  context->width = frame->width = width_;
  context->height = frame->height = height_;
  context->pix_fmt = AV_PIX_FMT_PAL8;
  context->time_base = {1, 1};
  context->thread_count = 1;
  frame->format = AV_PIX_FMT_PAL8;
  if (const int e = avcodec_open2(context.get(), codec, nullptr); e < 0) {
    return std::unexpected(error_from_libav(e, "open the PNG encoder"));
  }
  if (const int e = av_frame_get_buffer(frame.get(), 0); e < 0) {
    return std::unexpected(error_from_libav(e, "draw a picture"));
  }
  for (int y = 0; y < height_; ++y) {
    std::memcpy(frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0], pixels_.data() + y * width_,
                static_cast<std::size_t>(width_));
  }
  for (std::size_t i = 0; i < palette_.size(); ++i) {
    const Rgb c = palette_[i];
    const std::uint32_t argb = 0xff00'0000U | std::uint32_t{c.red} << 16 | std::uint32_t{c.green} << 8 | c.blue;
    std::memcpy(frame->data[1] + i * sizeof argb, &argb, sizeof argb);
  }
  int e = avcodec_send_frame(context.get(), frame.get());
  if (e >= 0) e = avcodec_receive_packet(context.get(), packet.get());
  if (e < 0) return std::unexpected(error_from_libav(e, "encode a picture"));
  return to.write_all(std::as_bytes(std::span(packet->data, static_cast<std::size_t>(packet->size))));
}

}  // namespace soundbite::media
