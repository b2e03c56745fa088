// What operators and their tools ask for.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/handlers/handlers.h"
#include "http/problems.h"

namespace soundbite::handlers {

namespace json = boost::json;

namespace {

Response json_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// For names and texts of our own, which hold nothing but & < > to escape.
std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string problem_page(const ProblemType& type) {
  const std::string title = escape_html(type.title);
  return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + title + "</title>\n<h1>" + title +
         "</h1>\n<p>" + escape_html(type.explanation) + "</p>\n<p>Problem type <code>" + std::string(type.name) +
         "</code>, status " + std::to_string(type.status) + ".</p>\n</html>\n";
}

}  // namespace

awaitable<Answer> show_index() {
  co_return json_response(200,
                          R"({"name":"SoundBite","links":{"soundbites":"/api/v1/soundbites","voices":"/api/v1/voices",)"
                          R"("health":"/health","metrics":"/metrics"}})");
}

awaitable<Answer> show_health(Health& health, const Request& request) {
  const auto report = co_await health.report(request.deadline);
  Response response = json_response(report.ready ? 200 : 503, json::serialize(report.body));
  if (!report.ready) response.add_header("Retry-After", "5");
  co_return response;
}

awaitable<Answer> show_liveness() { co_return json_response(200, R"({"status":"ok"})"); }

awaitable<Answer> show_metrics(const prometheus::Registry& registry) {
  Response response = json_response(200, metrics_text(registry));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  co_return response;
}

awaitable<Answer> explain_problem(std::string_view public_url, const Request& request) {
  const ProblemType* type = find_problem_type(request.parameter);
  if (!type) co_return std::unexpected(refuse("not-found", "there is no such problem type"));
  if (request.accept.find("text/html") == request.accept.npos) {
    const json::object shown{{"type", std::string(public_url) + "/problems/" + std::string(type->name)},
                             {"title", type->title},
                             {"status", type->status},
                             {"explanation", type->explanation}};
    co_return json_response(200, json::serialize(shown));
  }
  Response response = json_response(200, problem_page(*type));
  response.content_type = "text/html; charset=utf-8";
  co_return response;
}

}  // namespace soundbite::handlers
