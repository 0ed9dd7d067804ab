// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_STORE_FOLDER_FOLDER_LEDGER_H_
#define PLUMBLINE_STORE_FOLDER_FOLDER_LEDGER_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

// A ledger as a folder of plain files, for keeping, handing over and checking without a database:
// docs/formats/folder.md.
namespace plumbline {

// Reads a ledger folder, damaged ones included: whatever is wrong with one entry is told of that
// entry (kCorrupt, with its index), and the entries after it can still be read with at() or with
// read() from the next index. Frames are checked against their places; what is inside of them is
// handed out as it is, to be compared with leaves().
class FolderLedgerReader : public LedgerReader {
 public:
  ~FolderLedgerReader() override;

  Result<LedgerSize> size() override;
  Result<LedgerIndex> read(LedgerIndex from,
                           const std::function<Status(const StoredEntry&)>& take) override;
  Result<std::vector<Hash>> leaves(LedgerIndex from, std::size_t count) override;
  Result<StoredEntry> at(LedgerIndex index) override;

  // The text of the checkpoint file, not verified.
  const std::string& checkpoint() const { return checkpoint_; }

 private:
  friend Result<std::unique_ptr<FolderLedgerReader>> open_folder_reader(const std::string&);
  class File;
  struct Place;

  FolderLedgerReader();
  Status open(const std::string& path);
  Result<Place> place_of(LedgerIndex index);
  Status load(LedgerIndex index, StoredEntry& entry);
  Status load_frame(const Place& place, StoredEntry& entry);
  Error damaged(LedgerIndex index, std::string_view what) const;

  std::string path_;
  std::string checkpoint_;
  LedgerSize size_;
  std::unique_ptr<File> places_, leaves_;
  std::unique_ptr<File> segment_;  // the one read last
  std::uint32_t segment_number_ = 0;
};

// kNotFound when there is no such folder, kUnsupported when its format is a newer one, kCorrupt
// when it is no ledger folder, or when files were cut so that the number of entries is in doubt.
Result<std::unique_ptr<FolderLedgerReader>> open_folder_reader(const std::string& path);

// Writes the first `size` entries of `reader`, and `checkpoint` as it is, into the new folder
// `path`: whole or not at all, and durable on return. kExists when the path is taken, kInvalid when
// the ledger is shorter, kCorrupt (naming the index) when an entry does not have its leaf hash.
Status export_folder(LedgerReader& reader, LedgerSize size, std::string_view checkpoint,
                     const std::string& path);

}  // namespace plumbline

#endif  // PLUMBLINE_STORE_FOLDER_FOLDER_LEDGER_H_
