// The parts of Asio that are no templates, compiled here once and not in every file that uses them.
#include <boost/asio/impl/src.hpp>
