// SPDX-License-Identifier: Apache-2.0
//
// The topic that a sink writes to: a name, or a text around `{{record.topic}}`, which stands for
// the topic the record has after the chain. Immutable.

#ifndef LETHE_CONNECTORS_KAFKA_TOPIC_TEMPLATE_H_
#define LETHE_CONNECTORS_KAFKA_TOPIC_TEMPLATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "lethe/result.h"

namespace lethe::connectors::kafka {

class TopicTemplate {
 public:
  // bad_config: any other variable, a template that is not closed, or an empty text.
  static Result<TopicTemplate> make(std::string_view text);

  bool is_constant() const noexcept { return pieces_.size() == 1; }
  std::string render(std::string_view record_topic) const;

 private:
  explicit TopicTemplate(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  std::vector<std::string> pieces_;  // the variable stands between any two
};

}  // namespace lethe::connectors::kafka

#endif  // LETHE_CONNECTORS_KAFKA_TOPIC_TEMPLATE_H_
