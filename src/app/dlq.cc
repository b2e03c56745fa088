#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <filesystem>

#include "adapter/embedded/embedded_store.h"
#include "app/commands.h"
#include "app/config/values.h"
#include "app/text_table.h"
#include "job/job_json.h"

namespace soundbite {

namespace {

constexpr auto patience = Seconds(30);  // for one call to the store

// The newest first; page by page, for there may be many.
awaitable<Result<std::vector<Job>>> all_dead_letters(JobStore& jobs) {
  std::vector<Job> all;
  ListQuery query{.limit = 100};
  while (true) {
    auto page = co_await jobs.dead_letters(query, Deadline::in(patience));
    if (!page) co_return std::unexpected(page.error());
    for (auto& job : page->jobs) all.push_back(std::move(job));
    if (!page->more || all.empty()) co_return all;
    query.before = all.back().id;
  }
}

// Waits on this thread for a call to the store.
template <class T>
Result<T> wait_for(asio::io_context& io, awaitable<Result<T>> call) {
  Result<T> result = fail(ErrorCode::internal, "the store did not answer");
  asio::co_spawn(io, std::move(call), [&result](std::exception_ptr error, Result<T> answer) {
    if (error) std::rethrow_exception(error);
    result = std::move(answer);
  });
  io.restart();
  io.run();
  return result;
}

std::string as_table(const std::vector<Job>& jobs) {
  std::vector<std::vector<std::string>> rows{{"ID", "CREATED", "FAILURES", "VOICE", "WHY"}};
  for (const auto& job : jobs) {
    rows.push_back({job.id.text(), format_rfc3339(job.created_at), std::to_string(job.attempts), job.voice_id,
                    job.error ? job.error->detail : "-"});
  }
  return text_table(rows);
}

Ending list(asio::io_context& io, JobStore& jobs, const Arguments& arguments) {
  const auto dead = wait_for(io, all_dead_letters(jobs));
  if (!dead) return failed(dead.error().message);
  if (arguments.has("json")) {
    std::printf("%s\n", render_job_list(*dead, "").c_str());
  } else {
    std::fputs(dead->empty() ? "no dead letters\n" : as_table(*dead).c_str(), stdout);
  }
  return {};
}

Ending print_job(const Result<Job>& job) {
  if (!job) return failed(job.error().message);
  std::printf("%s\n", render_job(*job).c_str());
  return {};
}

// A running server owns its folder, and answers for it.
std::string ask_the_server(const Config& config) {
  const std::string url = "http://" + write_listen_address(config.listen) + "/api/v1/soundbites";
  return "a running server owns " + config.data_dir + ": ask it with curl '" + url +
         "?status=failed', retry with curl -X POST " + url + "/ID/retry";
}

}  // namespace

CommandSpec dlq_spec() {
  return {.name = "dlq",
          .summary = "list, show and retry jobs that failed for good, while no server runs",
          .words = "list | show ID | retry ID",
          .max_words = 2,
          .word_choices = {"list", "show", "retry"},
          .options = {{.name = "json", .help = "list as JSON"}},
          .settings = {"data-dir", "listen"},
          .examples =
              "  soundbite dlq list\n"
              "  soundbite dlq show 0198c5f2-7a3e-7c31-9d55-4be1a1a0f2aa\n"
              "  soundbite dlq retry 0198c5f2-7a3e-7c31-9d55-4be1a1a0f2aa --data-dir /var/lib/soundbite\n"};
}

Ending run_dlq(const Invocation& invocation) {
  const auto& words = invocation.arguments.words();
  const std::string verb = words.empty() ? "list" : words.front();
  if (verb != "list" && verb != "show" && verb != "retry")
    return called_wrongly("unknown word " + verb + ": write list, show ID or retry ID");
  if ((verb == "list") != (words.size() < 2))
    return called_wrongly(verb == "list" ? "list takes no id"
                                         : verb + " takes an id; `soundbite dlq list` prints them");
  const auto id = words.size() > 1 ? JobId::parse(words[1]) : JobId{};
  if (!id) return called_wrongly("bad id " + words[1] + ": `soundbite dlq list` prints the ids");
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  const Config& config = loaded->config;
  if (!std::filesystem::is_directory(config.data_dir))
    return failed("there is no data folder " + config.data_dir + ": name it with --data-dir");

  const SystemClock clock;
  const auto random = make_system_random();
  Log log(LogFormat::text, LogLevel::off);
  prometheus::Registry registry;
  asio::io_context io;
  const auto store = open_embedded_store({.data_dir = config.data_dir,
                                          .lease = config.lease,
                                          .record_life = config.retention,
                                          .reserve_bytes = config.disk_reserve.count},
                                         clock, *random, log, registry);
  if (!store) return failed(store.error().code == ErrorCode::conflict ? ask_the_server(config) : store.error().message);
  auto& jobs = (*store)->jobs();
  const auto deadline = Deadline::in(patience);
  const Ending ending = verb == "list"   ? list(io, jobs, invocation.arguments)
                        : verb == "show" ? print_job(wait_for(io, jobs.get(*id, {}, deadline)))
                                         : print_job(wait_for(io, jobs.retry(*id, {}, deadline)));
  (*store)->close();
  return ending;
}

}  // namespace soundbite
