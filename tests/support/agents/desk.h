// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_SUPPORT_AGENTS_DESK_H_
#define PLUMBLINE_TESTS_SUPPORT_AGENTS_DESK_H_

#include <string>
#include <vector>

#include "agents/enrolment.h"
#include "agents/intake.h"
#include "agents/spool.h"
#include "base/clock.h"
#include "base/crypto.h"

namespace plumbline::testing {

// A small pack with a field of each kind: consultations (opened, closed) and trainings.
std::vector<PackFile> desk_pack_files();

// A folder of its own under the system's temporary folder, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// An enrolled agent's folder, without a server.
struct Desk {
  Desk();

  Spool open(Spool::Options options) const { return Spool::open(folder.path(), options).value(); }
  Spool open() const { return Spool::open(folder.path()).value(); }
  Intake::Parts parts(Spool& spool) const {
    return {&spool, &key, &pack, &clock, BootId{1, 2, 3, 4, 5, 6, 7, 8}};
  }
  // Accepts the submissions at once.
  Result<std::vector<Answer>> accept(Spool& spool, const std::vector<Submission>& some) const {
    return spool.accept(some, key, pack.events_hash, clock, BootId{1, 2, 3, 4, 5, 6, 7, 8});
  }

  TemporaryFolder folder;
  PrivateKey key;
  Pack pack;
  Enrolment enrolment;
  ManualClock clock;
};

// A consultation that was opened; `number` makes subject and id.
Submission opened(int number, const std::string& topic = "patents");
std::vector<Submission> opened_many(int first, int count);

// Accepts `batches` batches of 200 consultations, about 13 KiB each.
void fill(Desk& desk, Spool& spool, int first_batch, int batches);

// Remembers batches `first` to `last` as proved in a checkpoint of `size` entries, batch n as entry
// 100 + n. The spool believes what it is told: nothing of it would verify.
Status prove(Spool& spool, std::uint64_t first, std::uint64_t last, Instant now,
             std::uint64_t size = 1000);

// All batches of the spool decode, verify by `key`, and form one chain from batch 1: numbers,
// sequences and hashes of headers follow each other. Returns the count of events.
std::uint64_t verify_chain(Spool& spool, const PublicKey& key);

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_SUPPORT_AGENTS_DESK_H_
