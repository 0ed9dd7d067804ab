// SPDX-License-Identifier: Apache-2.0
#include "collector/control_listener.h"

#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/limits.h"
#include "collector/control_socket.h"

namespace plumbline {
namespace {

// A client that holds a connection without asking gives its thread back after this.
constexpr std::chrono::milliseconds kPatience(10'000);
constexpr int kBacklog = 16;

// "os:<user>" of the process at the other end, as the kernel tells it.
Result<std::string> actor_of(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return errno_error("asking who is at the other end of a local socket");
  }
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16 * 1024);
  int failed = ::getpwuid_r(peer.uid, &entry, buffer.data(), buffer.size(), &found);
  if (failed != 0 || found == nullptr) return fmt::format("os:uid-{}", peer.uid);
  return fmt::format("os:{}", found->pw_name);
}

Json error_json(const Error& error) {
  Json inner = Json::object();
  inner.set("code", code_name(error.code())).set("sentence", error.text());
  Json answer = Json::object();
  answer.set("error", std::move(inner));
  return answer;
}

Status check_folder(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return errno_error("looking at folder " + folder);
  if ((info.st_mode & 077) == 0) return {};
  return Error(Code::kDenied, fmt::format("the data folder {} may be entered by others; run: chmod "
                                          "700 {}",
                                          folder, folder));
}

Result<FileDescriptor> listen_on(const std::string& path) {
  RETURN_IF_ERROR(check_folder(path));
  ASSIGN_OR_RETURN(sockaddr_un address, unix_address(path));
  ASSIGN_OR_RETURN(auto somebody, connect_unix(path));
  if (somebody.has_value()) {
    return Error(Code::kExists,
                 fmt::format("another plumbd runs on this data folder: it listens on {}", path));
  }
  ::unlink(path.c_str());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.open()) return errno_error("making a local socket");
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return errno_error("listening on " + path);
  }
  return socket;
}

}  // namespace

struct ControlListener::Impl {
  std::string path;
  ControlHandler handler;
  FileDescriptor socket;
  FileDescriptor stop;  // an eventfd that is readable once the listener stops
  std::vector<std::thread> threads;

  // Every thread accepts and serves; a connection stays with its thread.
  void serve();
  void converse(int fd);
  Json answer(const std::string& line, const std::string& actor);
};

void ControlListener::Impl::serve() {
  for (;;) {
    pollfd waited[2] = {{socket.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}};
    if (::poll(waited, 2, -1) < 0 && errno != EINTR) return;
    if (waited[1].revents != 0) return;
    FileDescriptor peer(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer.open()) converse(peer.get());
  }
}

void ControlListener::Impl::converse(int fd) {
  auto actor = actor_of(fd);
  LineChannel channel(fd, limits::kMaxOfficeRecordBytes, kPatience, stop.get());
  for (;;) {
    auto line = channel.read_line();
    if (line.ok() && !line->has_value()) return;
    Json reply = !line.ok()    ? error_json(line.error())
                 : !actor.ok() ? error_json(actor.error())
                               : answer(**line, *actor);
    // A peer that is gone does not miss its answer; what was asked is in the ledger.
    if (!channel.write_line(reply.text()).ok() || !line.ok()) return;
  }
}

Json ControlListener::Impl::answer(const std::string& line, const std::string& actor) {
  auto request = Json::parse(line);
  if (!request.ok()) return error_json(request.error());
  if (!request->is_object()) {
    return error_json(Error(Code::kInvalid, "a request must be one JSON object"));
  }
  auto result = handler(*request, actor);
  if (!result.ok()) return error_json(result.error());
  Json reply = Json::object();
  reply.set("ok", std::move(result).value());
  return reply;
}

Result<std::unique_ptr<ControlListener>> ControlListener::start(const std::string& path,
                                                                ControlHandler handler) {
  auto impl = std::make_unique<Impl>();
  ASSIGN_OR_RETURN(impl->socket, listen_on(path));
  impl->path = path;
  impl->handler = std::move(handler);
  impl->stop = FileDescriptor(::eventfd(0, EFD_CLOEXEC));
  if (!impl->stop.open()) return errno_error("making an eventfd");
  for (int i = 0; i < kControlThreads; ++i) {
    impl->threads.emplace_back([raw = impl.get()] { raw->serve(); });
  }
  return std::unique_ptr<ControlListener>(new ControlListener(std::move(impl)));
}

ControlListener::ControlListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ControlListener::~ControlListener() {
  CHECK(::eventfd_write(impl_->stop.get(), 1) == 0, "an eventfd takes a first count");
  for (std::thread& thread : impl_->threads) thread.join();
  ::unlink(impl_->path.c_str());
}

}  // namespace plumbline
