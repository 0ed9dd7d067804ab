// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/http_server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cerrno>
#include <thread>

#include "base/limits.h"

namespace plumbline {
namespace {

constexpr time_t kKeepAliveSeconds = 2;
constexpr std::size_t kMaxRequestsPerConnection = 1000;
constexpr time_t kReadSeconds = 5;
constexpr time_t kWriteSeconds = 5;
const char* detail_of(int status) {
  switch (status) {
    case 404:
      return "There is nothing at this address.";
    case 413:
      return "The request's body is larger than this server takes.";
    case 414:
      return "The request's address is longer than this server takes.";
    default:
      return status < 500 ? "The request does not have a form that this server knows."
                          : "The server could not answer; its log says why.";
  }
}

const char* code_of(int status) {
  if (status == 404) return "not_found";
  return status < 500 ? "invalid" : "internal";
}

void put(httplib::Response& response, const HttpAnswer& answer) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  if (!answer.content_type.empty()) {
    response.set_content(answer.body, answer.content_type);
  }
}

HttpMethod method_of(const std::string& name) {
  if (name == "GET" || name == "HEAD") return HttpMethod::kGet;
  if (name == "POST") return HttpMethod::kPost;
  if (name == "DELETE") return HttpMethod::kDelete;
  return HttpMethod::kOther;
}

HttpRequest request_of(const httplib::Request& from) {
  HttpRequest request;
  request.method = method_of(from.method);
  request.path = from.target.substr(0, from.target.find_first_of("?#"));
  for (const auto& [name, value] : from.params) request.parameters.emplace(name, value);
  for (const auto& [name, value] : from.headers) {
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    request.headers.emplace(std::move(lower), value);
  }
  request.body = from.body;
  return request;
}

// The body, unpacked. What is too large is read to its end all the same and thrown away, so that
// nothing of it is taken for the next request; the library has no limit of its own for what it
// unpacks. Forms of several parts are taken by no page.
Result<std::string> read_body(const httplib::Request& request,
                              const httplib::ContentReader& content) {
  if (request.is_multipart_form_data()) {
    content([](const httplib::MultipartFormData&) { return true; },
            [](const char*, std::size_t) { return true; });
    return Error(Code::kInvalid, "a form of several parts");
  }
  std::string body;
  bool too_large = false;
  const bool whole = content([&](const char* data, std::size_t size) {
    too_large = too_large || body.size() + size > limits::kMaxHttpBodyBytes;
    if (!too_large) body.append(data, size);
    return true;
  });
  if (too_large) return Error(Code::kExhausted, "the body is too large");
  if (!whole) return Error(Code::kInvalid, "the body cannot be read");
  return body;
}

// The library's default lets a second program take the same port.
void own_socket_options(socket_t socket) {
  int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

struct HttpServer::Impl {
  httplib::Server server;
  NetAddress bound;
  std::thread thread;

  void configure();
  void answer_with(HttpHandler handler);
};

// Requests without a body are answered before the library looks for a path of its own.
void HttpServer::Impl::answer_with(HttpHandler handler) {
  auto handle = std::make_shared<const HttpHandler>(std::move(handler));
  auto answer = [handle](const httplib::Request& request, httplib::Response& response) {
    put(response, (*handle)(request_of(request)));
  };
  server.set_pre_routing_handler(
      [answer](const httplib::Request& request, httplib::Response& response) {
        if (request.method != "GET" && request.method != "HEAD") {
          return httplib::Server::HandlerResponse::Unhandled;
        }
        answer(request, response);
        return httplib::Server::HandlerResponse::Handled;
      });
  auto answer_body = [handle](const httplib::Request& request, httplib::Response& response,
                              const httplib::ContentReader& content) {
    HttpRequest asked = request_of(request);
    auto body = read_body(request, content);
    if (body.ok()) {
      asked.body = std::move(body).value();
      put(response, (*handle)(asked));
      return;
    }
    const int status = body.error().code() == Code::kExhausted ? 413 : 400;
    put(response, http_problem(status, code_of(status), detail_of(status)));
  };
  const char* everything = ".*";
  server.Post(everything, answer_body).Post(everything, answer);
  server.Put(everything, answer_body).Put(everything, answer);
  server.Patch(everything, answer_body).Patch(everything, answer);
  server.Delete(everything, answer_body).Delete(everything, answer);
  server.Options(everything, answer);
}

void HttpServer::Impl::configure() {
  server.new_task_queue = [] { return new httplib::ThreadPool(limits::kHttpThreads); };
  server.set_socket_options(own_socket_options);
  server.set_keep_alive_timeout(kKeepAliveSeconds);
  server.set_keep_alive_max_count(kMaxRequestsPerConnection);
  server.set_read_timeout(kReadSeconds);
  server.set_write_timeout(kWriteSeconds);
  server.set_payload_max_length(limits::kMaxHttpBodyBytes);
  server.set_tcp_nodelay(true);
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    put(response,
        http_problem(response.status, code_of(response.status), detail_of(response.status)));
  });
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
        put(response, http_problem(500, code_of(500), detail_of(500)));
      });
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::bind(const NetAddress& address,
                                                     HttpExposure exposure,
                                                     const std::string& purpose) {
  if (exposure == HttpExposure::kLoopback && !address.is_loopback()) {
    return Error(Code::kDenied,
                 fmt::format("the {} listener listens on this machine only (127.0.0.1 or ::1), not "
                             "on {}; behind a proxy that guards it, say --behind-proxy",
                             purpose, address.text()));
  }
  auto impl = std::make_unique<Impl>();
  impl->configure();
  errno = 0;
  int port = address.port;
  bool taken = false;
  if (port == 0) {
    port = impl->server.bind_to_any_port(address.host);
    taken = port > 0;
  } else {
    taken = impl->server.bind_to_port(address.host, port);
  }
  if (!taken) {
    bool in_use = errno == EADDRINUSE;
    return Error(
        in_use ? Code::kExists : Code::kIo,
        fmt::format("the {} listener cannot listen on {}: {}", purpose, address.text(),
                    in_use ? "the port is in use by another program" : std::strerror(errno)));
  }
  impl->bound = {address.host, static_cast<std::uint16_t>(port)};
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

void HttpServer::answer_with(HttpHandler handler) {
  impl_->answer_with(std::move(handler));
}

NetAddress HttpServer::address() const {
  return impl_->bound;
}

void HttpServer::start() {
  CHECK(!impl_->thread.joinable(), "a server starts once");
  impl_->thread = std::thread([server = &impl_->server] { server->listen_after_bind(); });
  // stop() has no effect on a server that does not run yet.
  while (!impl_->server.is_running()) std::this_thread::yield();
}

void HttpServer::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->server.stop();
  impl_->thread.join();
}

}  // namespace plumbline
