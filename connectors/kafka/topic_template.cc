// SPDX-License-Identifier: Apache-2.0

#include "connectors/kafka/topic_template.h"

#include <utility>

namespace lethe::connectors::kafka {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<TopicTemplate> TopicTemplate::make(std::string_view text) {
  if (text.empty()) return bad_config("a Kafka sink needs a topic");
  std::vector<std::string> pieces;
  std::string_view rest = text;
  for (;;) {
    const std::size_t open = rest.find("{{");
    pieces.emplace_back(rest.substr(0, open));
    if (open == std::string_view::npos) return TopicTemplate(std::move(pieces));
    rest.remove_prefix(open + 2);
    const std::size_t close = rest.find("}}");
    if (close == std::string_view::npos || trimmed(rest.substr(0, close)) != "record.topic") {
      return bad_config("the topic '" + std::string(text) +
                        "' of a Kafka sink may hold {{record.topic}} and no other variable");
    }
    rest.remove_prefix(close + 2);
  }
}

std::string TopicTemplate::render(std::string_view record_topic) const {
  std::string topic = pieces_.front();
  for (std::size_t i = 1; i < pieces_.size(); ++i) topic.append(record_topic).append(pieces_[i]);
  return topic;
}

}  // namespace lethe::connectors::kafka
