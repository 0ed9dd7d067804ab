// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVIDENCE_TREE_FILE_H_
#define PLUMBLINE_EVIDENCE_TREE_FILE_H_

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/merkle.h"
#include "model/ids.h"

namespace plumbline {

// The hashes of all perfect subtrees of a growing tree, leaves among them, in a file that is only
// appended to: docs/formats/ledger.md, "Tree file". A projection of the leaf hashes: nothing in it
// is made durable, and whoever opens it lays the leaf hashes over it again (append), which mends
// what does not fit. Reading takes one pread a hash, whatever the size.
class TreeFile {
 public:
  // Makes the file where there is none. Nothing is believed of what it holds. kIo, kExhausted.
  static Result<std::unique_ptr<TreeFile>> open(std::string path);
  ~TreeFile();
  TreeFile(const TreeFile&) = delete;
  TreeFile& operator=(const TreeFile&) = delete;

  // One thread at a time: appends the leaf and the subtrees that it completes. They are kept in
  // memory until flush().
  void append(const Hash& leaf);
  // Brings the file to what was appended: compares where it reaches so far already, writes where it
  // differs or ends. After an error the next call does it again.
  Status flush();
  // Begins again with an empty tree; the file stays as it is until flush().
  void rewind();
  // Cuts off what the file holds beyond what was appended and flushed.
  Status cut();

  // Of the thread that appends.
  const Frontier& frontier() const { return frontier_; }
  // Bytes that flush() found different from what belongs there.
  std::uint64_t mended_bytes() const { return mended_bytes_; }

  // Any thread, for subtrees that were flushed: the hash of ledger/merkle.h's SubtreeReader.
  // kCorrupt where the file ends before it.
  Result<Hash> read(int level, std::uint64_t index) const;

 private:
  TreeFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  void put(const Hash& hash);

  const std::string path_;
  const int fd_;
  Frontier frontier_;
  Bytes pending_;              // not flushed yet
  std::uint64_t flushed_ = 0;  // bytes behind the file's head
  std::uint64_t mended_bytes_ = 0;
};

// Where a perfect subtree stands in post-order, counted in hashes; and how many hashes a tree of
// that size has.
std::uint64_t tree_position(int level, std::uint64_t index);
std::uint64_t tree_hashes(LedgerSize size);

}  // namespace plumbline

#endif  // PLUMBLINE_EVIDENCE_TREE_FILE_H_
