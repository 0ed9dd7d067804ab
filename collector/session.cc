// SPDX-License-Identifier: Apache-2.0
#include "collector/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "collector/tls_stream.h"

namespace plumbline {
namespace {

namespace asio = boost::asio;
namespace event = session_event;
namespace action = session_action;
using boost::system::error_code;

// Answers that wait for a peer that does not read: 64 KiB are about 2000 acknowledgements.
constexpr std::size_t kMaxOutBytes = 64 * 1024;
constexpr std::string_view kExporterLabel = "EXPORTER-plumbline-hello";
constexpr std::size_t kExporterBytes = 32;

asio::chrono::milliseconds to_chrono(Duration duration) {
  return asio::chrono::milliseconds(duration.ms);
}

void report(const std::exception_ptr& thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    log_error("collector", std::string("a session failed: ") + error.what());
  }
}

// What is kept until the writer has answered: the session goes first, then its place.
struct AdmitCall {
  Occupancy::Place place;
  std::shared_ptr<Session> session;
};

}  // namespace

void SessionHost::joined(Session* session, std::weak_ptr<Session> reference) {
  MutexLock lock(mutex_);
  roster_.emplace(session, std::move(reference));
}

void SessionHost::left(Session* session) {
  MutexLock lock(mutex_);
  roster_.erase(session);
}

std::vector<std::shared_ptr<Session>> SessionHost::all() {
  std::vector<std::shared_ptr<Session>> alive;
  MutexLock lock(mutex_);
  for (const auto& [session, reference] : roster_) {
    if (auto locked = reference.lock()) alive.push_back(std::move(locked));
  }
  return alive;
}

Session::Session(asio::ip::tcp::socket socket, Strand strand, SessionHost& host,
                 Occupancy::Place place)
    : place_(std::move(place)),
      host_(host),
      strand_(std::move(strand)),
      stream_(std::make_unique<TlsStream>(std::move(socket), host.tls)),
      deadline_(strand_),
      wake_(strand_),
      decoder_(host.config.machine.max_frame_bytes) {
  host_.metrics.session_opened();
}

Session::~Session() {
  host_.metrics.session_closed();
  host_.left(this);
}

void Session::start() {
  host_.joined(this, weak_from_this());
  asio::co_spawn(strand_, run(shared_from_this()), report);
}

void Session::ask_shutdown() {
  asio::post(strand_, [self = shared_from_this()] {
    self->shutdown_asked_ = true;
    if (!self->machine_.has_value()) return self->close();
    self->resume(event::ShutdownAsked());
    self->wake();
  });
}

void Session::stream_revoked(const StreamId& stream) {
  asio::post(strand_, [self = shared_from_this(), stream] {
    if (!self->machine_.has_value()) return;  // what it looks up later is up to date
    self->resume(event::StreamRevoked{stream});
    self->wake();
  });
}

void Session::abort() {
  asio::post(strand_, [self = shared_from_this()] { self->close(); });
}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
  error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  self->arm(Deadline::kHandshake, self->host_.config.handshake);
  failed = co_await self->stream_->handshake();
  if (failed || self->closed_ || !self->begin()) {
    if (!self->shutdown_asked_) self->host_.metrics.handshake_failed();
    self->close();
    co_return;
  }
  while (!self->closed_) {
    self->take_frames();
    if (self->closed_) break;
    if (!self->may_read()) {
      self->wake_.expires_at(asio::steady_timer::time_point::max());
      co_await self->wake_.async_wait(token);
      continue;
    }
    TlsStream::Read got = co_await self->stream_->read();
    if (got.failed) {
      self->read_failed();
      break;
    }
    self->received(got.bytes);
  }
  // Answers that are still owed after the peer's FIN are written by their own handlers.
  if (!self->writes_) self->close();
}

bool Session::begin() {
  Bytes exporter(kExporterBytes, '\0');
  int made = SSL_export_keying_material(
      stream_->native_handle(), reinterpret_cast<unsigned char*>(exporter.data()), exporter.size(),
      kExporterLabel.data(), kExporterLabel.size(), nullptr, 0, 0);
  if (made != 1) return false;
  machine_.emplace(std::move(exporter), host_.config.machine);
  last_progress_ms_ = host_.clock.monotonic_ms();
  arm(Deadline::kHello, host_.config.hello);
  return true;
}

bool Session::may_read() const {
  return ended_ || (machine_->wants_input() && out_.size() < kMaxOutBytes);
}

void Session::take_frames() {
  while (!ended_ && may_read()) {
    auto next = decoder_.next();
    if (!next.ok()) return resume(event::FrameFailed{next.error()});
    if (!next->has_value()) return;
    resume(event::Received{std::move(**next)});
  }
}

void Session::received(BytesView bytes) {
  last_progress_ms_ = host_.clock.monotonic_ms();
  if (!ended_) decoder_.feed(bytes);
}

void Session::read_failed() {
  if (!ended_) resume(event::PeerClosed{decoder_.in_frame()});
}

void Session::resume(SessionEvent event) {
  std::vector<SessionAction> actions = machine_->resume(std::move(event));
  while (!actions.empty()) {
    std::vector<SessionAction> more;
    for (SessionAction& action : actions) perform(std::move(action), more);
    actions = std::move(more);
  }
  start_write();
}

void Session::perform(SessionAction action, std::vector<SessionAction>& more) {
  if (auto* to_send = std::get_if<action::Send>(&action)) {
    send(to_send->message);
  } else if (auto* lookup = std::get_if<action::LookUpStream>(&action)) {
    look_up(lookup->stream);
  } else if (auto* request = std::get_if<action::Enroll>(&action)) {
    enroll(std::move(request->request));
  } else if (auto* change = std::get_if<action::Rotate>(&action)) {
    rotate(std::move(*change));
  } else if (auto* report = std::get_if<action::ReportConflict>(&action)) {
    report_conflict(std::move(report->conflict));
  } else if (auto* to_end = std::get_if<action::End>(&action)) {
    end(*to_end);
  } else if (auto* to_admit = std::get_if<action::Admit>(&action)) {
    const std::uint64_t ticket = to_admit->ticket;
    if (auto refused = admit(std::move(*to_admit))) {
      event::AdmitAnswered answer{ticket, std::move(*refused)};
      for (SessionAction& next : machine_->resume(std::move(answer))) {
        more.push_back(std::move(next));
      }
    }
  }
}

void Session::look_up(StreamId stream) {
  asio::post(host_.workers, [self = shared_from_this(), stream] {
    event::StreamLookedUp found{self->host_.backend.writer->stream(stream),
                                self->host_.backend.offer()};
    asio::post(self->strand_, [self, answer = std::move(found)]() mutable {
      self->resume(std::move(answer));
      self->wake();
    });
  });
}

void Session::enroll(EnrollRequest request) {
  asio::post(host_.workers, [self = shared_from_this(), asked = std::move(request)] {
    event::EnrollAnswered enrolled{self->host_.backend.enroll(asked)};
    asio::post(self->strand_, [self, answer = std::move(enrolled)]() mutable {
      self->resume(std::move(answer));
      self->wake();
    });
  });
}

// The agent's consent is to where its stream stands: nothing is in flight, so that it does not move
// between the two questions, save for another session of the same key, which makes it fail.
void Session::rotate(action::Rotate rotate) {
  asio::post(host_.workers, [self = shared_from_this(), asked = std::move(rotate)] {
    const CollectorBackend& backend = self->host_.backend;
    auto answer = [&]() -> Result<StreamId> {
      if (!backend.rotate) return Error(Code::kUnsupported, "this server changes no keys");
      ASSIGN_OR_RETURN(StreamState old, backend.writer->stream(asked.old));
      return backend.rotate({old.stream, old.head, old.head_hash}, asked.request, asked.software);
    };
    event::RotateAnswered rotated{answer()};
    asio::post(self->strand_, [self, answered = std::move(rotated)]() mutable {
      self->resume(std::move(answered));
      self->wake();
    });
  });
}

void Session::report_conflict(StreamConflict conflict) {
  asio::post(host_.workers, [host = &host_, reported = std::move(conflict)] {
    if (host->backend.report_conflict) host->backend.report_conflict(reported);
  });
}

std::optional<Error> Session::admit(action::Admit admit) {
  auto place = host_.calls.enter();
  CHECK(place.has_value(), "calls to the writer are counted, not limited");
  auto call = std::make_shared<AdmitCall>(AdmitCall{std::move(*place), shared_from_this()});
  const std::uint32_t events = admit.admission.count;
  const std::size_t bytes = admit.admission.head.size() + admit.admission.content.size();
  Status queued = host_.backend.writer->admit(
      std::move(admit.admission),
      [call, ticket = admit.ticket, events, bytes](const Result<Admitted>& admitted) {
        Session& session = *call->session;
        session.host_.metrics.admitted(admitted, events, bytes);
        asio::post(session.strand_, [self = call->session, ticket, admitted] {
          self->resume(event::AdmitAnswered{ticket, admitted});
          self->wake();
        });
      });
  if (queued.ok()) return std::nullopt;
  host_.metrics.admitted(Result<Admitted>(queued.error()), events, bytes);
  return queued.error();
}

void Session::send(const Message& message) {
  if (const auto* refused = std::get_if<Refused>(&message)) host_.metrics.refused(refused->code);
  out_ += encode_message(message);
}

void Session::end(const action::End& end) {
  host_.metrics.ended(end.end);
  if (is_protocol_error(end.end) || end.end == SessionEnd::kRefused) {
    log_info("collector",
             "session ended, " + std::string(session_end_name(end.end)) + ": " + end.sentence);
  }
  ended_ = true;
  arm(Deadline::kLinger, host_.config.linger);
  if (!writes_ && out_.empty()) finish_sending();
}

void Session::start_write() {
  if (writes_ || out_.empty() || closed_) return;
  writes_ = true;
  writing_.clear();
  writing_.swap(out_);
  stream_->write(writing_,
                 [self = shared_from_this()](const error_code& failed) { self->written(failed); });
}

void Session::written(const error_code& failed) {
  writes_ = false;
  if (failed) return close();
  last_progress_ms_ = host_.clock.monotonic_ms();
  if (!out_.empty()) {
    start_write();
  } else if (ended_) {
    finish_sending();
  }
  wake();
}

void Session::finish_sending() {
  error_code ignored;  // the peer may be gone already
  stream_->socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  wake();
}

void Session::wake() {
  wake_.cancel();
}

void Session::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;  // nothing can be done about a socket that does not close
  stream_->socket().close(ignored);
  deadline_.cancel();
  wake();
}

void Session::arm(Deadline deadline, Duration after) {
  const std::uint64_t armed = ++armed_;
  deadline_.expires_after(to_chrono(after));
  // A timer that fired just before it was armed anew still runs its handler; `armed` tells.
  deadline_.async_wait([self = shared_from_this(), deadline, armed](const error_code& cancelled) {
    if (!cancelled && armed == self->armed_) self->expired(deadline);
  });
}

void Session::expired(Deadline deadline) {
  const Duration idle = host_.config.idle;
  switch (deadline) {
    case Deadline::kHandshake:
    case Deadline::kLinger:
      return close();
    case Deadline::kHello:
      arm(Deadline::kIdle, idle);
      resume(event::HelloDeadline());
      return;
    case Deadline::kIdle: {
      const Duration silent{host_.clock.monotonic_ms() - last_progress_ms_};
      if (silent < idle) return arm(Deadline::kIdle, Duration{idle.ms - silent.ms});
      resume(event::IdleDeadline());
      return;
    }
  }
}

}  // namespace plumbline
