// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_WORDS_H_
#define PLUMBLINE_AGENTS_WORDS_H_

#include <string>
#include <string_view>

namespace plumbline {

enum class Language { kEnglish, kChinese };

// From a value of LC_ALL, LC_MESSAGES or LANG: Chinese for "zh...", else English.
Language language_of(std::string_view locale);

// The sentences that outlet staff read. Arguments stand at {}.
enum class Word {
  kEnrolled,         // outlet, server
  kAccepted,         // sequence
  kRepeated,         // sequence
  kRefused,          // rule, sentence
  kProblem,          // file, line, column, rule, sentence
  kProblemRow,       // file, line, rule, sentence
  kImportDone,       // rows
  kImportTrial,      // rows
  kImportCounts,     // accepted, repeated, changed, refused, rows of other outlets
  kAllAcknowledged,  // events acknowledged in this run
  kNotYetProved,     // batches
  kAlarm,            // sentence
  kNoAlarm,
  kAlarmCleared,
  kStopped,      // events acknowledged in this run
  kNotFinished,  // seconds
  kProxySet,     // proxy
  kPacked,       // first batch, last batch, events, file
  kPackedLeft,   // batches
  kNothingToPack,
  kReceiptTaken,    // batches, last proved batch
  kReceiptRefused,  // batch, sentence
  kKeyPlanned,
  kKeyUnderWay,
  kNoProxy,
  kOutlet,
  kServer,
  kLedger,
  kHistorical,
  kSending,
  kAcceptedUpTo,
  kWaitingToSend,
  kLastAck,
  kLastTrouble,
  kWaitingForProof,
  kLastProof,
  kProofTrouble,
  kCheckpoint,
  kSpoolUse,       // labels of status
  kSpoolFills,     // percent
  kUnprovedSince,  // instant
  kKeyChange,       // label of status
  kKeyWaits,
  kKeyAnnounced,
  kYes,
  kNo,
  kNone,
  kEventsAndBatches,  // events, batches
  kBatches,           // batches
};
std::string_view word(Language language, Word which);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_WORDS_H_
