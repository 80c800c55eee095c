// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/replay.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <system_error>
#include <variant>

#include "worker/cli/replay_source.h"

namespace lethe::worker::cli {
namespace {

namespace fs = std::filesystem;

std::string replaying(const std::string& file) {
  return file + ".replaying";
}

// Moves the letters out of the way of those that will fail again. What an interrupted replay left
// behind comes first.
Result<void> set_aside(const std::string& file) {
  std::error_code error;
  if (fs::exists(replaying(file), error)) return {};
  if (!fs::exists(file, error)) return bad_config(file + ": there are no dead letters to replay");
  fs::rename(file, replaying(file), error);
  if (error)
    return bad_config(file + ": cannot be renamed to " + replaying(file) +
                      "; check the rights on its folder");
  return {};
}

// The files of all tasks that hold letters; empty if letters go to a topic.
std::vector<std::string> letter_files(const config::PipelineConfig& config) {
  const auto* place = std::get_if<config::DeadLetter::File>(&config.dead_letter->place);
  if (place == nullptr) return {};
  std::vector<std::string> files;
  for (std::uint32_t task = 0; task < config.tasks; ++task) {
    const std::string file = dead_letter_file(*place, static_cast<int>(task));
    std::error_code error;
    if (task == 0 || fs::exists(file, error) || fs::exists(replaying(file), error))
      files.push_back(file);
  }
  return files;
}

// What a pipeline is replayed from. Outlives the pipeline, which borrows the config.
struct Letters {
  config::PipelineConfig config;
  std::vector<std::string> files;  // a task for each; empty: a topic
  std::atomic<std::size_t> ended{0};
};

// The order of the letters of a file is kept.
std::unique_ptr<Letters> letters_of(const config::PipelineConfig& config) {
  auto letters = std::make_unique<Letters>();
  letters->config = config;
  letters->files = letter_files(config);
  letters->config.tasks =
      std::max(std::uint32_t{1}, static_cast<std::uint32_t>(letters->files.size()));
  if (auto* file = std::get_if<config::FileSink>(&letters->config.sink)) file->append = true;
  return letters;
}

Result<std::unique_ptr<connectors::Source>> make_source(Letters& letters, int task,
                                                        kms::GatewayKms* kms,
                                                        const pipeline::WorkerServices& services,
                                                        const std::string& run_id) {
  const std::string file = letters.files.empty()
                               ? std::string()
                               : replaying(letters.files[static_cast<std::size_t>(task)]);
  auto source = LETHE_TRY(make_dead_letter_source(letters.config, file, services.log));
  std::unique_ptr<TenantSeal> seal;
  if (kms != nullptr)
    seal = std::make_unique<TenantSeal>(kms->internal_session(), std::string(kms->tenant()));
  return std::unique_ptr<connectors::Source>(std::make_unique<ReplaySource>(
      std::move(source), std::move(seal), run_id, services.clock, [&letters] { ++letters.ended; }));
}

// Only what was read to its end is done with; a replay that was stopped goes on another time.
void forget(const Letters& letters) {
  if (letters.ended < letters.files.size()) return;
  for (const std::string& file : letters.files) {
    std::error_code error;
    fs::remove(replaying(file), error);
  }
}

}  // namespace

int replay(const RunCommand& given) {
  RunCommand command = given;
  command.inbox = false;
  std::vector<std::unique_ptr<Letters>> all;
  const int code = run_with(
      command,
      [&](const config::PipelineConfig& config, const Configuration& configuration,
          kms::GatewayKms* kms,
          pipeline::WorkerServices services) -> Result<std::unique_ptr<pipeline::Pipeline>> {
        if (!config.dead_letter)
          return bad_config("this pipeline has no 'dead_letter', so there is nothing to replay");
        all.push_back(letters_of(config));
        Letters& letters = *all.back();
        if (!command.check)
          for (const std::string& file : letters.files) LETHE_TRY(set_aside(file));
        const std::string run_id = std::to_string(services.clock.unix_ms());
        return make_pipeline(letters.config, configuration.catalog, kms, services,
                             [&letters, kms, services, run_id](int task) {
                               return make_source(letters, task, kms, services, run_id);
                             });
      });
  if (code == kDone && !command.check)
    for (const auto& letters : all) forget(*letters);
  return code;
}

}  // namespace lethe::worker::cli
