// The decoders that outside media may reach: audio that people record and share, and nothing else of libav.
#pragma once

namespace soundbite::media {

// By libav's names, separated by commas.
inline constexpr const char* decoders_allowed =
    "mp3float,mp3,mp2float,mp2,mp1float,mp1,aac,alac,flac,vorbis,opus,"
    "pcm_u8,pcm_s8,pcm_s8_planar,pcm_s16le,pcm_s16be,pcm_s16le_planar,pcm_s16be_planar,pcm_s24le,pcm_s24be,"
    "pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_u16le,pcm_u16be,pcm_u24le,pcm_u24be,"
    "pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt";

}  // namespace soundbite::media
