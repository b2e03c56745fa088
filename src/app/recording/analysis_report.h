// An analysis for people to read on a terminal.
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace soundbite {

// The table of one member of an analysis document, and its insights as sentences.
std::string analysis_report(const boost::json::object& analysis);

}  // namespace soundbite
