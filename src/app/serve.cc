#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "app/commands.h"
#include "app/config/values.h"
#include "app/wiring.h"

namespace soundbite {

namespace {

// Every connection is a descriptor, and the usual soft limit is 1,024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

CommandSpec serve_spec() {
  CommandSpec spec{.name = "serve",
                   .summary = "serve the HTTP API and do the work",
                   .examples =
                       "  soundbite serve\n"
                       "  soundbite serve --listen 127.0.0.1:0 --data-dir /var/lib/soundbite --workers 4\n"
                       "  soundbite serve --config /etc/soundbite/config.toml\n"
                       "  curl -s http://127.0.0.1:8080/api/v1/soundbites -H 'Content-Type: application/json' "
                       "-d '{\"text\":\"Hello there.\"}'\n"};
  for (const auto& setting : all_settings()) spec.settings.push_back(setting.name);
  return spec;
}

Ending run_serve(const Invocation& invocation) {
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  if (const auto exposed = check_exposure(loaded->config); !exposed) return called_wrongly(exposed.error().message);
  std::signal(SIGPIPE, SIG_IGN);  // a client that goes away is an error of its connection
  raise_descriptor_limit();
  const auto server = Server::assemble(loaded->config);
  if (!server) return failed(server.error().message);
  const auto address = (*server)->listen();
  if (!address) return failed(address.error().message);
  std::printf("listening on http://%s\n", write_listen_address(*address).c_str());
  std::fflush(stdout);
  (*server)->run();
  return {};
}

}  // namespace soundbite
