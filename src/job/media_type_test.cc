#include "job/media_type.h"

#include <gmock/gmock.h>

#include <random>
#include <set>
#include <string>

namespace soundbite {
namespace {

using namespace std::string_literals;

std::optional<Container> sniff(std::string_view bytes) {
  const std::string exact(bytes);  // so that a sanitizer sees a read past it
  return sniff_container(std::as_bytes(std::span(exact.data(), exact.size())));
}

// 128 kbit/s, 44.1 kHz: 417 bytes; or with another second, third byte.
std::string mpeg_frame(std::string_view header = "\xff\xfb\x90\x00", std::size_t length = 417) {
  std::string frame(header.substr(0, 2));
  frame += header[2];
  frame += '\0';
  return frame + std::string(length - 4, '\x55');
}

std::string adts_frame(std::size_t length, char third = '\x50') {
  std::string frame = "\xff\xf1"s + third;
  frame += static_cast<char>(0x80 | length >> 11);
  frame += static_cast<char>(length >> 3 & 0xFF);
  frame += static_cast<char>((length & 7) << 5 | 0x1F);
  frame += '\xfc';
  return frame + std::string(length - 7, '\x21');
}

std::string id3(std::size_t size, char flags = '\0') {
  std::string tag = "ID3\x04\x00"s + flags;
  for (int shift = 21; shift >= 0; shift -= 7) tag += static_cast<char>(size >> shift & 0x7F);
  return tag + std::string(size, 'x') + ((flags & 0x10) != 0 ? "3DI\x04\x00\x10\x00\x00\x00\x00"s : ""s);
}

std::string flac() { return "fLaC\x80\x00\x00\x22"s + std::string(34, '\1'); }

std::string ebml(std::string_view doc_type) {
  const std::string inside =
      "\x42\x86\x81\x01\x42\x82"s + static_cast<char>(0x80 | doc_type.size()) + std::string(doc_type);
  return "\x1a\x45\xdf\xa3"s + static_cast<char>(0x80 | inside.size()) + inside + "\x18\x53\x80\x67";
}

std::string mp4(std::string_view brand) {
  return "\x00\x00\x00\x20"s + "ftyp" + std::string(brand) + "\0\0\0\0isommp42"s;
}

std::string w64() {
  return "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00"s +
         "wave\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"s;
}

struct Known {
  const char* what;
  std::string bytes;
  Container container;
};

void PrintTo(const Known& known, std::ostream* out) { *out << known.what; }

class KnownContainers : public testing::TestWithParam<Known> {};

TEST_P(KnownContainers, are_told_by_their_first_bytes) { EXPECT_EQ(sniff(GetParam().bytes), GetParam().container); }

INSTANTIATE_TEST_SUITE_P(
    SniffContainer, KnownContainers,
    testing::Values(
        Known{"wav", "RIFF\xff\xff\xff\xffWAVEfmt ", Container::wav},
        Known{"rf64", "RF64\xff\xff\xff\xffWAVEds64", Container::rf64},
        Known{"bw64", "BW64\xff\xff\xff\xffWAVEds64", Container::rf64}, Known{"w64", w64(), Container::w64},
        Known{"aiff", "FORM\0\0\1\0AIFFCOMM"s, Container::aiff},
        Known{"aifc", "FORM\0\0\1\0AIFCFVER"s, Container::aiff}, Known{"flac", flac(), Container::flac},
        Known{"flac behind a tag", id3(200) + flac(), Container::flac},
        Known{"ogg", "OggS\0\2"s + std::string(20, '\0'), Container::ogg},
        Known{"matroska", ebml("matroska"), Container::matroska}, Known{"webm", ebml("webm"), Container::matroska},
        Known{"padded document type", ebml("webm\0\0"s), Container::matroska},
        Known{"caf", "caff\0\1\0\0desc"s, Container::caf}, Known{"m4a", mp4("M4A "), Container::mp4},
        Known{"mp4", mp4("isom"), Container::mp4}, Known{"mov", mp4("qt  "), Container::mp4},
        Known{"mp3", mpeg_frame() + mpeg_frame(), Container::mp3},
        Known{"mp3 of one frame", mpeg_frame(), Container::mp3},
        Known{"mp3, cut", mpeg_frame().substr(0, 100), Container::mp3},
        Known{"mp3 of one frame and a tag behind it", mpeg_frame() + "TAG" + std::string(125, ' '), Container::mp3},
        Known{"mpeg-2, 64 kbit/s at 22.05 kHz", mpeg_frame("\xff\xf3\x80", 208) + mpeg_frame("\xff\xf3\x80", 208),
              Container::mp3},
        Known{"mpeg-2.5, 16 kbit/s at 8 kHz", mpeg_frame("\xff\xe3\x28", 144) + mpeg_frame("\xff\xe3\x28", 144),
              Container::mp3},
        Known{"mp3 of two bitrates", mpeg_frame() + mpeg_frame("\xff\xfb\xb0", 626), Container::mp3},
        Known{"mp3 behind a tag", id3(300) + mpeg_frame() + mpeg_frame(), Container::mp3},
        Known{"mp3 behind a tag with a footer", id3(300, '\x10') + mpeg_frame() + mpeg_frame(), Container::mp3},
        Known{"mp3 behind two tags and zeros", id3(30) + id3(40) + std::string(50, '\0') + mpeg_frame() + mpeg_frame(),
              Container::mp3},
        Known{"a tag that goes on behind what is seen", id3(100'000).substr(0, sniff_bytes), Container::mp3},
        Known{"adts", adts_frame(300) + adts_frame(200), Container::adts},
        Known{"adts behind a tag", id3(64) + adts_frame(300) + adts_frame(200), Container::adts}),
    [](const auto& test) {
      std::string name = test.param.what;
      std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
      return name;
    });

struct Foreign {
  const char* what;
  std::string bytes;
};

void PrintTo(const Foreign& foreign, std::ostream* out) { *out << foreign.what; }

class ForeignFiles : public testing::TestWithParam<Foreign> {};

TEST_P(ForeignFiles, are_refused) { EXPECT_EQ(sniff(GetParam().bytes), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    SniffContainer, ForeignFiles,
    testing::Values(Foreign{"nothing", ""}, Foreign{"one byte", "\xff"}, Foreign{"zeros", std::string(4'096, '\0')},
                    Foreign{"avi",
                            "RIFF\xff\xff\xff\xff"
                            "AVI LIST"},
                    Foreign{"webp", "RIFF\xff\xff\xff\xffWEBPVP8 "}, Foreign{"png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s},
                    Foreign{"pdf", "%PDF-1.7\n"}, Foreign{"html", "<!DOCTYPE html><html>"},
                    Foreign{"svg", "<svg xmlns='http://www.w3.org/2000/svg'>"},
                    Foreign{"hls", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nhttp://127.0.0.1/a.ts\n"},
                    Foreign{"ffconcat", "ffconcat version 1.0\nfile 'other.wav'\n"},
                    Foreign{"sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\n"},
                    Foreign{"dash", "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'>"},
                    Foreign{"zip", "PK\3\4"}, Foreign{"gzip", "\x1f\x8b\x08"}, Foreign{"jpeg", "\xff\xd8\xff\xe0"},
                    Foreign{"heic", mp4("heic")}, Foreign{"avif", mp4("avif")}, Foreign{"mif1", mp4("mif1")},
                    Foreign{"an impossible box", "\0\0\0\4ftypM4A "s}, Foreign{"an endless box", "<?ifftypisom"},
                    Foreign{"ilbm", "FORM\0\0\1\0ILBMBMHD"s}, Foreign{"another ebml", ebml("boxes")},
                    Foreign{"ebml, cut", ebml("matroska").substr(0, 12)},
                    Foreign{"ebml without a type", "\x1a\x45\xdf\xa3\x80"},
                    Foreign{"flac without its first block", "fLaC\x84\x00\x00\x28"s + std::string(40, '\0')},
                    Foreign{"half a w64", w64().substr(0, 30)},
                    Foreign{"a lone frame among others", mpeg_frame() + "no frame here"},
                    Foreign{"frames of two rates", mpeg_frame() + mpeg_frame("\xff\xfb\x94", 384)},
                    Foreign{"free bitrate", mpeg_frame("\xff\xfb\x00") + mpeg_frame("\xff\xfb\x00")},
                    Foreign{"layer two", mpeg_frame("\xff\xfd\x90") + mpeg_frame("\xff\xfd\x90")},
                    Foreign{"adts of two rates", adts_frame(300) + adts_frame(300, '\x4c')},
                    Foreign{"adts of no length", "\xff\xf1\x50\x80\x00\x1f\xfc"s},
                    Foreign{"a playlist behind a tag", id3(64) + "#EXTM3U\nhttp://127.0.0.1/\n"},
                    Foreign{"a tag of impossible size", "ID3\4\0\0\xff\xff\xff\xff"s + mpeg_frame() + mpeg_frame()}),
    [](const auto& test) {
      std::string name = test.param.what;
      std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
      return name;
    });

TEST(SniffContainer, takes_no_random_bytes_for_a_recording) {
  std::mt19937 random(7);  // NOLINT: the same every time
  std::string bytes(sniff_bytes, '\0');
  for (int file = 0; file < 2'000; ++file) {
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(sniff(bytes), std::nullopt) << file;
  }
}

TEST(SniffContainer, reads_no_byte_behind_the_end_wherever_a_file_is_cut) {
  for (const std::string& whole : {w64(), flac(), ebml("matroska"), mp4("M4A "), id3(20) + mpeg_frame() + mpeg_frame(),
                                   adts_frame(30) + adts_frame(30), "RIFF\xff\xff\xff\xffWAVE"s, "FORM\0\0\1\0AIFF"s}) {
    for (std::size_t length = 0; length < whole.size(); ++length) sniff(std::string_view(whole).substr(0, length));
    EXPECT_TRUE(sniff(whole));
  }
}

TEST(ContainerTraits, are_those_of_their_container_with_names_of_their_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Container::caf); ++i) {
    const ContainerTraits& traits = traits_of(static_cast<Container>(i));
    EXPECT_EQ(traits.container, static_cast<Container>(i));
    EXPECT_TRUE(names.insert(traits.name).second) << traits.name;
    EXPECT_TRUE(traits.content_type.starts_with("audio/")) << traits.name;
    EXPECT_FALSE(traits.demuxer.empty());
    EXPECT_FALSE(traits.extensions.empty());
  }
}

}  // namespace
}  // namespace soundbite
