// SPDX-License-Identifier: Apache-2.0
// The one file in which Asio's own code is compiled.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
