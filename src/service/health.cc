#include "service/health.h"

#include <algorithm>
#include <boost/json/object.hpp>

namespace soundbite {

Health::Health(JobStore& jobs, BlobStore& blobs, SpeechEngine& speech, std::function<std::string()> media_state,
               std::string version, std::function<boost::json::value()> sandbox)
    : jobs_(jobs),
      blobs_(blobs),
      speech_(speech),
      media_state_(std::move(media_state)),
      version_(std::move(version)),
      sandbox_(std::move(sandbox)) {}

awaitable<HealthReport> Health::report(Deadline deadline) {
  const auto counts = co_await jobs_.counts(deadline);
  const auto voices = speech_.voices();
  const auto working = std::ranges::count_if(voices, [](const Voice& voice) { return voice.broken.empty(); });
  const std::string media = media_state_();
  const bool room = blobs_.has_room();

  boost::json::object checks;
  checks["store"] = counts ? "ok" : counts.error().message;
  checks["disk"] = room ? "ok" : "below the reserve: new jobs are refused, GET and DELETE go on";
  checks["voices"] = working > 0 ? "ok" : "no voice works";
  checks["media"] = media;
  boost::json::object body;
  HealthReport report;
  // A full disk or a media child that is starting again is for the alarms: reading and deleting still work.
  report.ready = !stopping_ && counts.has_value() && working > 0;
  const bool degraded = !report.ready || !room || media != "ok";
  body["status"] = stopping_ ? "stopping" : degraded ? "degraded" : "ok";
  body["version"] = version_;
  body["checks"] = std::move(checks);
  if (sandbox_) body["sandbox"] = sandbox_();
  if (counts) {
    body["jobs"] = {{"pending", counts->pending},     {"processing", counts->processing},
                    {"ready", counts->ready},         {"failed", counts->failed},
                    {"cancelled", counts->cancelled}, {"deadLettered", counts->dead_lettered}};
  }
  report.body = std::move(body);
  co_return report;
}

}  // namespace soundbite
