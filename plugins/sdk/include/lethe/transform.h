// SPDX-License-Identifier: Apache-2.0
//
// What an author derives from. One object serves one task: its functions are called by one thread,
// never two at once, and its destructor by the same. Exceptions are turned into failures without
// their text (thunks.h).

#ifndef LETHE_TRANSFORM_H_
#define LETHE_TRANSFORM_H_

#include "lethe/record.h"
#include "lethe/result.h"

namespace lethe {

// A function of a record. An Error stays on its record; the text should be a declared Message.
class Transform {
 public:
  virtual ~Transform() = default;
  virtual Result<void> apply(Record& record) = 0;
};

// A function of a batch, for those who ask services once per batch. Failures of single records are
// said with Record::fail; a returned Error fails the batch as a whole (the store is away).
class BatchTransform {
 public:
  virtual ~BatchTransform() = default;
  virtual Result<void> apply(Batch& batch) = 0;
};

// A question about a record, for `when:` and `unless:`. An Error leaves the whole batch unanswered.
class Predicate {
 public:
  virtual ~Predicate() = default;
  virtual Result<bool> test(const Record& record) = 0;
};

}  // namespace lethe

#endif  // LETHE_TRANSFORM_H_
