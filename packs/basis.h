// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_PACKS_BASIS_H_
#define PLUMBLINE_PACKS_BASIS_H_

#include <string>

namespace plumbline {

enum class BasisKind { kOfficial, kBenchmark, kProposal };

// Where a number that decides comes from.
struct Basis {
  std::string text;
  BasisKind kind = BasisKind::kProposal;
};

class MapReader;
// Reads the keys basis and basis_kind, both demanded; problems go to the reader's.
Basis read_basis(MapReader& map);

}  // namespace plumbline

#endif  // PLUMBLINE_PACKS_BASIS_H_
