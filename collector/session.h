// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_SESSION_H_
#define PLUMBLINE_COLLECTOR_SESSION_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/load_limits.h"
#include "base/mutex.h"
#include "collector/admission_desk.h"
#include "collector/collector_metrics.h"
#include "collector/fair_places.h"
#include "collector/listener.h"
#include "collector/occupancy.h"
#include "collector/quotas.h"
#include "collector/session_machine.h"

namespace plumbline {

class Session;
class TlsStream;

// What all sessions of a listener share; outlives them. Safe from any thread.
struct SessionHost {
  SessionHost(const ListenerConfig& config, CollectorMetrics& metrics, const Clock& clock);

  const ListenerConfig config;
  CollectorBackend backend;  // set before the first session
  CollectorMetrics& metrics;
  const Clock& clock;
  boost::asio::ssl::context tls;
  boost::asio::thread_pool workers;  // for calls that block
  Occupancy sessions;
  KeyedQuota addresses;        // sessions of each network address
  FairPlaces unauthenticated;  // of them, those whose hello is not verified yet
  StreamSeats seats;
  ByteQuota receiving;  // bytes of frames under way
  AdmissionDesk desk;
  Occupancy calls;  // batches that the writer has not answered

  // The sessions that are alive.
  std::vector<std::shared_ptr<Session>> all();
  void joined(Session* session, std::weak_ptr<Session> reference);
  void left(Session* session);

 private:
  Mutex mutex_;
  std::map<Session*, std::weak_ptr<Session>> roster_ GUARDED_BY(mutex_);
};

// What a connection holds of the quotas.
struct SessionPlaces {
  Occupancy::Place session;
  KeyedQuota::Place address;
  std::optional<FairPlaces::Place> unauthenticated;  // until the hello is verified
};

// The I/O of one session: TLS, frames in and out, deadlines. It performs the actions of its
// SessionMachine and decides nothing. Everything runs on the session's strand, save where said.
// The bytes of a frame tell its end, so the session ends with TCP's FIN after the last frame.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Strand = boost::asio::strand<boost::asio::any_io_executor>;

  // `socket` uses `strand`. `host` must outlive the session.
  Session(boost::asio::ip::tcp::socket socket, Strand strand, SessionHost& host,
          SessionPlaces places);
  ~Session();

  // Begins with the handshake.
  void start();

  // From any thread: answers what is in flight, then ends.
  void ask_shutdown();
  // From any thread: tells the machine that the key of a stream is revoked.
  void stream_revoked(const StreamId& stream);
  // From any thread: closes the connection at once.
  void abort();

 private:
  static boost::asio::awaitable<void> run(std::shared_ptr<Session> self);

  bool begin();  // after the handshake: the exporter, the machine, its deadlines
  void take_frames();
  bool may_read() const;
  void received(BytesView bytes);
  void take_what_came();
  void authenticated();
  void read_failed();
  void resume(SessionEvent event);
  void tell_presence(const Message& message);
  void perform(SessionAction action, std::vector<SessionAction>& more);
  void look_up(session_action::LookUpStream asked);
  void join_presence();
  void enroll(EnrollRequest request);
  void rotate(session_action::Rotate rotate);
  void report_conflict(StreamConflict conflict);
  std::optional<AdmissionDesk::PutOff> admit(session_action::Admit admit);
  void look_up_proofs(session_action::LookUpProofs asked);
  void show(std::string note);
  void send(const Message& message);
  void end(const session_action::End& end);

  void start_write();
  void written(const boost::system::error_code& failed);
  void finish_sending();  // after the last byte: FIN, then wait for the peer's
  void wake();
  void close();

  enum class Deadline { kHandshake, kHello, kIdle, kLinger };
  void arm(Deadline deadline, Duration after);
  void expired(Deadline deadline);
  void look_for_silence();
  bool frame_is_slow();

  // Declared first, so that it is given back after everything else is gone.
  SessionPlaces places_;
  SessionHost& host_;
  Strand strand_;
  const std::unique_ptr<TlsStream> stream_;
  boost::asio::steady_timer deadline_;
  boost::asio::steady_timer wake_;
  std::optional<SessionMachine> machine_;       // from the end of the handshake on
  std::optional<PresenceBook::Seat> presence_;  // from the hello's welcome on
  FrameDecoder decoder_;
  ByteQuota::Hold received_;
  std::optional<StreamSeats::Seat> seat_;  // from the welcome on
  StreamId stream_id_;                     // that the hello names
  Bytes out_;                              // waits for the write under way
  Bytes writing_;
  std::uint64_t armed_ = 0;
  std::int64_t last_progress_ms_ = 0;
  std::size_t received_bytes_ = 0;  // since the last look for silence
  bool frame_seen_ = false;         // the frame under way was there at the last look
  bool writes_ = false;
  bool ended_ = false;  // the machine has ended; what comes in is thrown away
  bool closed_ = false;
  bool shutdown_asked_ = false;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_SESSION_H_
