#include "sandbox/task_files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "job/media_task_json.h"

namespace soundbite {
namespace {

Result<File> make_task_file(const MediaTask& task) {
  File file(::memfd_create("task", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return std::unexpected(error_from_errno(errno, "memfd_create"));
  const std::string text = to_json(task);
  if (auto written = file.write_all(std::as_bytes(std::span(text))); !written) {
    return std::unexpected(std::move(written.error()));
  }
  if (::fcntl(file.fd(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
    return std::unexpected(error_from_errno(errno, "seal the task"));
  }
  return file;
}

Result<File> make_report_file() {
  File file(::memfd_create("report", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return std::unexpected(error_from_errno(errno, "memfd_create"));
  if (::ftruncate(file.fd(), wire::max_report_bytes) != 0 ||
      ::fcntl(file.fd(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
    return std::unexpected(error_from_errno(errno, "seal the report"));
  }
  return file;
}

Result<File> make_spool(const std::string& folder) {
  File file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file) return file;
  if (errno != EOPNOTSUPP && errno != EISDIR)
    return std::unexpected(error_from_errno(errno, "make a file in " + folder));
  // Not every file system has files without a name; then it loses its name at once.
  std::string path = folder + "/soundbite-spool-XXXXXX";
  file = File(::mkostemp(path.data(), O_CLOEXEC));
  if (!file) return std::unexpected(error_from_errno(errno, "make a file in " + folder));
  ::unlink(path.c_str());
  return file;
}

Result<File> reopen_for_reading(const File& file) {
  File again(::open(("/proc/self/fd/" + std::to_string(file.fd())).c_str(), O_RDONLY | O_CLOEXEC));
  if (!again) return std::unexpected(error_from_errno(errno, "open an input again"));
  return again;
}

// A present file for each thing the task asks for, and no other.
bool fits(const MediaTask& task, const ProcessFiles& files) {
  const auto present = [](const File* file) { return file && *file; };
  for (const File* input : files.inputs) {
    if (!present(input)) return false;
  }
  return files.inputs.size() == task.inputs.size() && present(files.audio) == task.make_audio &&
         present(files.waveform) == (task.analyse || task.draw_waveform) &&
         present(files.waveform_png) == task.analyse && present(files.spectrogram_png) == task.analyse;
}

Result<void> make_own_files(const MediaTask& task, const std::string& spool_folder, TaskFiles& made) {
  const auto keep = [](auto& place, auto result) -> Result<void> {
    if (!result) return std::unexpected(std::move(result.error()));
    place = std::move(*result);
    return {};
  };
  auto good = keep(made.status, make_status_pipe());
  if (good) good = keep(made.task, make_task_file(task));
  if (good) good = keep(made.report, make_report_file());
  if (good && task.pcm_rate) good = keep(made.samples, make_stream());
  if (good && (task.pcm_rate || !task.recipe.empty())) good = keep(made.spool, make_spool(spool_folder));
  if (good && task.tap_speech) good = keep(made.speech, make_stream());
  return good;
}

}  // namespace

Result<Pipe> make_status_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::unexpected(error_from_errno(errno, "pipe"));
  Pipe pipe{File(ends[0]), File(ends[1])};
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return std::unexpected(error_from_errno(errno, "fcntl"));
  return pipe;
}

Result<Pipe> make_stream() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return std::unexpected(error_from_errno(errno, "socketpair"));
  }
  return Pipe{File(ends[0]), File(ends[1])};
}

Result<TaskFiles> make_task_files(const MediaTask& task, const ProcessFiles& files, const std::string& spool_folder) {
  if (!fits(task, files)) return fail(ErrorCode::internal, "the files of a task are not those that it needs");
  static_assert(1 + max_recipe_files <= wire::max_inputs, "whoever submits is told before");
  if (task.inputs.size() > wire::max_inputs) {
    const std::string detail = "A recipe may name " + std::to_string(wire::max_inputs - 1) + " files at most.";
    return std::unexpected(
        Error{ErrorCode::invalid, detail, {{task.inputs[wire::max_inputs].pointer, "limit_exceeded", detail, {}}}});
  }
  TaskFiles made;
  if (auto good = make_own_files(task, spool_folder, made); !good) return std::unexpected(std::move(good.error()));
  made.descriptors = {made.status.theirs.fd(), made.task.fd(), made.report.fd()};
  const auto fd_of = [](const File* file) { return file ? file->fd() : -1; };
  // In the order of wire::Role.
  const std::array<int, wire::role_count> roles = {
      made.samples.theirs.fd(),     fd_of(files.audio),      fd_of(files.waveform), fd_of(files.waveform_png),
      fd_of(files.spectrogram_png), made.speech.theirs.fd(), made.spool.fd()};
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    if (roles[i] < 0) continue;
    made.roles |= wire::bit(static_cast<wire::Role>(i));
    made.descriptors.push_back(roles[i]);
  }
  for (const File* input : files.inputs) {
    auto again = reopen_for_reading(*input);
    if (!again) return std::unexpected(std::move(again.error()));
    made.descriptors.push_back(again->fd());
    made.inputs.push_back(std::move(*again));
  }
  return made;
}

}  // namespace soundbite
