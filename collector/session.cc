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

bool is_acknowledged(const Admitted& admitted) {
  return admitted.outcome == Admitted::Outcome::kCommitted ||
         admitted.outcome == Admitted::Outcome::kRepeated;
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
                 SessionPlaces places)
    : places_(std::move(places)),
      host_(host),
      strand_(std::move(strand)),
      stream_(std::make_unique<TlsStream>(std::move(socket), host.tls)),
      deadline_(strand_),
      wake_(strand_),
      decoder_(limits::kMaxFirstFrameBytes),
      received_(host.receiving) {
  host_.metrics.session_opened();
}

Session::~Session() {
  host_.metrics.session_closed();
  host_.left(this);
}

void Session::start() {
  host_.joined(this, weak_from_this());
  places_.unauthenticated->when_taken_away([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->abort();
  });
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
    self->take_what_came();
    if (self->closed_) break;
    if (!self->may_read()) {
      self->frame_seen_ = false;
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
    frame_seen_ = false;
    tell_presence(**next);
    resume(event::Received{std::move(**next)});
  }
}

void Session::received(BytesView bytes) {
  last_progress_ms_ = host_.clock.monotonic_ms();
  if (ended_) return;
  received_bytes_ += bytes.size();
  decoder_.feed(bytes);
}

// Whole frames leave the decoder at once; what is held is a frame under way, or frames that wait
// for answers.
void Session::take_what_came() {
  take_frames();
  if (closed_ || received_.resize(ended_ ? 0 : decoder_.buffered())) return;
  host_.metrics.over_quota(CollectorMetrics::Quota::kReceiving);
  resume(event::NoRoom());
}

void Session::authenticated() {
  places_.unauthenticated.reset();
  decoder_.allow(host_.config.machine.max_frame_bytes);
  arm(Deadline::kIdle, std::min(host_.config.idle, host_.config.progress));
  seat_.emplace(host_.seats.sit(stream_id_, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self) return;
    self->host_.metrics.over_quota(CollectorMetrics::Quota::kStream);
    asio::post(self->strand_, [self] {
      self->resume(event::Replaced());
      self->wake();
    });
  }));
}

void Session::read_failed() {
  if (!ended_) resume(event::PeerClosed{decoder_.in_frame()});
}

void Session::resume(SessionEvent event) {
  std::vector<SessionAction> actions = machine_->resume(std::move(event));
  if (machine_->greeted() && places_.unauthenticated.has_value()) authenticated();
  while (!actions.empty()) {
    std::vector<SessionAction> more;
    for (SessionAction& action : actions) perform(std::move(action), more);
    actions = std::move(more);
  }
  start_write();
}

void Session::tell_presence(const Message& message) {
  if (!presence_.has_value()) return;
  const Instant now = host_.clock.wall();
  presence_->heard(now);
  if (const auto* beat = std::get_if<Heartbeat>(&message)) {
    presence_->heartbeat(beat->last, beat->wall, now);
  }
}

void Session::perform(SessionAction action, std::vector<SessionAction>& more) {
  if (auto* to_send = std::get_if<action::Send>(&action)) {
    send(to_send->message);
  } else if (auto* lookup = std::get_if<action::LookUpStream>(&action)) {
    look_up(std::move(*lookup));
  } else if (auto* request = std::get_if<action::Enroll>(&action)) {
    enroll(std::move(request->request));
  } else if (auto* change = std::get_if<action::Rotate>(&action)) {
    rotate(std::move(*change));
  } else if (auto* report = std::get_if<action::ReportConflict>(&action)) {
    report_conflict(std::move(report->conflict));
  } else if (auto* asked = std::get_if<action::LookUpProofs>(&action)) {
    look_up_proofs(std::move(*asked));
  } else if (auto* shown = std::get_if<action::ShowCheckpoint>(&action)) {
    show(std::move(shown->note));
  } else if (auto* to_end = std::get_if<action::End>(&action)) {
    end(*to_end);
  } else if (auto* to_admit = std::get_if<action::Admit>(&action)) {
    const std::uint64_t ticket = to_admit->ticket;
    if (auto put_off = admit(std::move(*to_admit))) {
      event::AdmitAnswered answer{ticket, std::move(put_off->error), put_off->retry_after};
      for (SessionAction& next : machine_->resume(std::move(answer))) {
        more.push_back(std::move(next));
      }
    }
  }
}

void Session::look_up(action::LookUpStream asked) {
  stream_id_ = asked.stream;
  asio::post(host_.workers, [self = shared_from_this(), asked = std::move(asked)] {
    const CollectorBackend& backend = self->host_.backend;
    Result<StreamState> stream = backend.writer->stream(asked.stream);
    const bool unknown = !stream.ok() && stream.error().code() == Code::kNotFound;
    if (unknown && !asked.record.empty() && backend.restore) {
      Status restored = backend.restore(asked.stream, asked.record);
      stream = restored.ok() ? backend.writer->stream(asked.stream)
                             : Result<StreamState>(restored.error());
    }
    event::StreamLookedUp found{std::move(stream), backend.offer()};
    asio::post(self->strand_, [self, answer = std::move(found)]() mutable {
      self->resume(std::move(answer));
      self->join_presence();
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
    auto answer = [&]() -> Result<Rotated> {
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

// The machine has one at a time under way, so a session takes one worker at most.
void Session::look_up_proofs(action::LookUpProofs asked) {
  asio::post(host_.workers, [self = shared_from_this(), asked = std::move(asked)] {
    const CollectorBackend& backend = self->host_.backend;
    event::ProofsLookedUp proved{
        backend.prove ? backend.prove(asked.stream, asked.request)
                      : Result<Proofs>(Error(Code::kUnavailable, "this server signs nothing"))};
    asio::post(self->strand_, [self, answer = std::move(proved)]() mutable {
      self->resume(std::move(answer));
      self->wake();
    });
  });
}

void Session::report_conflict(StreamConflict conflict) {
  asio::post(host_.workers, [host = &host_, reported = std::move(conflict)] {
    if (host->backend.report_conflict) host->backend.report_conflict(reported);
  });
}

void Session::show(std::string note) {
  asio::post(host_.workers, [self = shared_from_this(), note = std::move(note)] {
    if (self->host_.backend.show) self->host_.backend.show(note);
  });
}

void Session::join_presence() {
  PresenceBook* book = host_.backend.presence;
  if (book == nullptr || presence_.has_value() || !machine_->greeted()) return;
  presence_.emplace(
      book->join(machine_->stream()->stream, machine_->software(), host_.clock.wall()));
}

std::optional<AdmissionDesk::PutOff> Session::admit(action::Admit admit) {
  auto place = host_.calls.enter();
  CHECK(place.has_value(), "calls to the writer are counted, not limited");
  auto call = std::make_shared<AdmitCall>(AdmitCall{std::move(*place), shared_from_this()});
  const std::uint32_t events = admit.admission.count;
  const Sequence behind(admit.admission.first.value + events);
  if (presence_.has_value()) presence_->batch(behind, admit.sealed_at, host_.clock.wall());
  const std::size_t bytes = admit.admission.head.size() + admit.admission.content.size();
  auto put_off = host_.desk.admit(
      std::move(admit.admission),
      [call, ticket = admit.ticket, events, bytes, behind](const Result<Admitted>& admitted) {
        Session& session = *call->session;
        session.host_.metrics.admitted(admitted, events, bytes);
        asio::post(session.strand_, [self = call->session, ticket, admitted, behind] {
          if (self->presence_.has_value() && admitted.ok() && is_acknowledged(*admitted)) {
            self->presence_->acknowledged(behind, admitted->recorded_at);
          }
          self->resume(event::AdmitAnswered{ticket, admitted, std::nullopt});
          self->wake();
        });
      });
  if (put_off) host_.metrics.admitted(Result<Admitted>(put_off->error), events, bytes);
  return put_off;
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
  seat_.reset();
  presence_.reset();
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
  switch (deadline) {
    case Deadline::kHandshake:
    case Deadline::kLinger:
      return close();
    case Deadline::kHello:
      arm(Deadline::kIdle, std::min(host_.config.idle, host_.config.progress));
      resume(event::HelloDeadline());
      return;
    case Deadline::kIdle:
      return look_for_silence();
  }
}

void Session::look_for_silence() {
  const Duration idle = host_.config.idle;
  const Duration silent{host_.clock.monotonic_ms() - last_progress_ms_};
  if (silent >= idle) return resume(event::IdleDeadline());
  arm(Deadline::kIdle, std::min(Duration{idle.ms - silent.ms}, host_.config.progress));
  if (!frame_is_slow()) return;
  resume(event::SlowFrame());
  wake();
}

// Whether a frame was under way at the last look, still is, and has hardly grown in between. While
// the session itself does not read, nothing is held against the peer.
bool Session::frame_is_slow() {
  const bool under_way = !ended_ && may_read() && decoder_.in_frame();
  const bool slow = under_way && frame_seen_ && received_bytes_ < limits::kMinProgressBytes;
  frame_seen_ = under_way;
  received_bytes_ = 0;
  return slow;
}

}  // namespace plumbline
