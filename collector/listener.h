// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_LISTENER_H_
#define PLUMBLINE_COLLECTOR_LISTENER_H_

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "base/load_limits.h"
#include "base/net_address.h"
#include "base/result.h"
#include "collector/admission_desk.h"
#include "collector/collector_metrics.h"
#include "collector/presence_book.h"
#include "collector/session_machine.h"
#include "collector/tls_identity.h"
#include "store/store.h"

namespace plumbline {

// What the collector asks of the rest of the server. The functions are called on a worker thread
// of the listener, several at a time, and may block.
struct CollectorBackend {
  LedgerWriter* writer = nullptr;  // must outlive the listener
  std::function<Result<Enrolled>(const EnrollRequest&)> enroll;
  std::function<SessionOffer()> offer;
  // A new key takes over from that of a stream, which stands at the link. May be left out.
  std::function<Result<Rotated>(const StreamLink& old, const RotateRequest& request,
                                const std::string& software)>
      rotate;
  // A batch contradicts another one of its stream. May be left out.
  std::function<void(const StreamConflict&)> report_conflict;
  // Proofs of a stream's batches by the newest checkpoint; any error is put off. May be left out.
  std::function<Result<Proofs>(const StreamId&, const ProofRequest&)> prove = nullptr;
  // Hands a checkpoint that an agent holds to whoever signs. May be left out.
  std::function<void(const std::string& note)> show = nullptr;
  // How far the evaluator is; empty, or nullopt: nobody waits for it. Called about ten times a
  // second on a network thread, and must not block.
  std::function<std::optional<EvaluatorPosition>()> position = nullptr;
  // The ledger does not know the stream of an agent that shows the record which made it: enters it
  // again, or says why not. May be left out.
  std::function<Status(const StreamId& stream, const Bytes& record)> restore = nullptr;
  PresenceBook* presence = nullptr;  // is told what sessions hear; must outlive the listener
};

struct ListenerConfig {
  NetAddress address;
  std::size_t max_sessions = limits::kMaxSessions;
  std::size_t max_sessions_per_address = limits::kMaxSessionsPerAddress;
  std::size_t max_unauthenticated = limits::kMaxUnauthenticated;
  std::size_t max_unauthenticated_per_address = limits::kMaxUnauthenticatedPerAddress;
  std::size_t max_sessions_per_stream = limits::kMaxSessionsPerStream;
  std::size_t max_receiving_bytes = limits::kMaxReceivingBytes;
  AdmissionDesk::Config desk;
  int io_threads = 2;
  int worker_threads = 2;
  Duration handshake{10'000};        // TCP accept to the end of the TLS handshake
  Duration hello{10'000};            // from there to the hello
  Duration idle{10 * kMsPerMinute};  // without a byte in either direction
  Duration progress{30'000};         // in which a frame under way grows by kMinProgressBytes
  Duration linger{2'000};            // after the last answer, for the peer to read it
  SessionMachine::Config machine;
};

// Where agents arrive: TLS 1.3 over TCP, one SessionMachine a connection. Shutdown has two phases:
// stop_accepting(), then drain(); the destructor does what is left of both.
class CollectorListener {
 public:
  // Takes the address, so that a port in use is told (kExists, naming the address) before anything
  // runs; nobody is served before start(). `metrics` and `clock` must outlive the listener.
  static Result<std::unique_ptr<CollectorListener>> bind(const ListenerConfig& config,
                                                         const TlsIdentity& identity,
                                                         CollectorMetrics& metrics,
                                                         const Clock& clock);
  ~CollectorListener();

  // The address with the port that was taken.
  NetAddress address() const;

  // Starts the threads. Once.
  void start(CollectorBackend backend);

  // Ends the sessions of a stream whose key is revoked, behind what is in flight. Any thread.
  void end_sessions(const StreamId& stream);

  // After it returns no new session begins. Idempotent.
  void stop_accepting();

  // Answers what is in flight, closes every session, by force after `deadline`, and joins all
  // threads. The writer must still be running: the batches handed to it are waited for. Idempotent.
  void drain(Duration deadline);

 private:
  struct Impl;
  explicit CollectorListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_LISTENER_H_
