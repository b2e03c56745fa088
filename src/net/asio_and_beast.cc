// The parts of Asio's TLS and of Beast that are no templates, compiled here once and not in every file that uses them.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
