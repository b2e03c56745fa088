#include "worker/materials.h"

namespace soundbite {

namespace {

constexpr std::size_t artefact_count = 4;

std::unexpected<Error> gone(const std::string& pointer) {
  return std::unexpected(
      Error{ErrorCode::invalid,
            "a file of the request is no longer there",
            {{pointer, "unknown_file", "was deleted or has expired; upload it again and submit anew", {}}}});
}

awaitable<Result<Recording>> open_file(FileId id, Owner owner, std::string pointer, MaterialSources sources,
                                       Deadline deadline) {
  const auto known = co_await sources.files.get(id, std::move(owner), deadline);
  if (!known && known.error().code == ErrorCode::not_found) co_return gone(pointer);
  if (!known) co_return std::unexpected(known.error());
  auto blob = co_await sources.blobs.open(blob_key_of(id), deadline);
  if (!blob && blob.error().code == ErrorCode::not_found) co_return gone(pointer);
  if (!blob) co_return std::unexpected(blob.error());
  co_return Recording{std::move(blob->file), {std::move(pointer), known->name}};
}

awaitable<Result<Recording>> fetch_url(std::string url, MaterialSources sources, Deadline deadline) {
  const std::string pointer = "/url";
  auto scratch = co_await sources.blobs.scratch(deadline);
  if (!scratch) co_return std::unexpected(scratch.error());
  const auto fetched = co_await sources.fetcher.fetch(std::move(url), pointer, scratch->file, deadline);
  if (!fetched) co_return std::unexpected(fetched.error());
  co_return Recording{std::move(scratch->file), {pointer, fetched->name}};
}

awaitable<Result<std::vector<Recording>>> open_recordings(const Job& job, const JobSpec& spec, MaterialSources sources,
                                                          Deadline deadline) {
  const Owner owner{job.tenant_id, job.user_id};
  std::vector<Recording> recordings;
  if (spec.source != SourceType::text) {
    auto source = spec.source == SourceType::file ? co_await open_file(spec.file, owner, "/fileId", sources, deadline)
                                                  : co_await fetch_url(spec.url, sources, deadline);
    if (!source) co_return std::unexpected(std::move(source.error()));
    recordings.push_back(std::move(*source));
  }
  const auto files = files_of(spec.process);
  const auto pointers = pointers_of_files(spec.process);
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto file = co_await open_file(files[i], owner, pointers[i], sources, deadline);
    if (!file) co_return std::unexpected(std::move(file.error()));
    recordings.push_back(std::move(*file));
  }
  co_return recordings;
}

}  // namespace

bool is_plain_speech(const JobSpec& spec) {
  return spec.source == SourceType::text && spec.process.empty() && !spec.analysis;
}

awaitable<Result<Materials>> gather_materials(const Job& job, const JobSpec& spec, MaterialSources sources,
                                              Deadline deadline) {
  auto recordings = co_await open_recordings(job, spec, sources, deadline);
  if (!recordings) co_return std::unexpected(std::move(recordings.error()));
  auto audio = co_await sources.blobs.scratch(deadline);
  if (!audio) co_return std::unexpected(audio.error());
  Materials materials{std::move(*recordings), std::move(*audio), {}};
  for (std::size_t i = 0; spec.analysis && i < artefact_count; ++i) {
    auto scratch = co_await sources.blobs.scratch(deadline);
    if (!scratch) co_return std::unexpected(scratch.error());
    materials.artefacts.push_back(std::move(*scratch));
  }
  co_return materials;
}

}  // namespace soundbite
