// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/replay.h"

#include <filesystem>
#include <system_error>
#include <variant>

#include "worker/cli/replay_source.h"

namespace lethe::worker::cli {
namespace {

namespace fs = std::filesystem;

std::string replaying(const std::string& file) { return file + ".replaying"; }

// Moves the letters out of the way of those that will fail again. What an interrupted replay left
// behind comes first.
Result<void> set_aside(const std::string& file) {
  std::error_code error;
  if (fs::exists(replaying(file), error)) return {};
  if (!fs::exists(file, error))
    return bad_config(file + ": there are no dead letters to replay");
  fs::rename(file, replaying(file), error);
  if (error)
    return bad_config(file + ": cannot be renamed to " + replaying(file) +
                      "; check the rights on its folder");
  return {};
}

const std::string* letters_file(const config::PipelineConfig& config) {
  if (!config.dead_letter) return nullptr;
  const auto* file = std::get_if<config::DeadLetter::File>(&config.dead_letter->place);
  return file == nullptr ? nullptr : &file->path;
}

// One task, one way: the letters are few and their order is kept.
config::PipelineConfig for_replay(config::PipelineConfig config) {
  config.tasks = 1;
  if (auto* file = std::get_if<config::FileSink>(&config.sink)) file->append = true;
  return config;
}

}  // namespace

int replay(const RunCommand& command) {
  std::vector<std::string> done;
  std::vector<std::unique_ptr<config::PipelineConfig>> configs;  // pipelines borrow them
  const int code = run_with(
      command,
      [&](const config::PipelineConfig& original, const Configuration& configuration,
          kms::GatewayKms* kms, pipeline::WorkerServices services)
          -> Result<std::unique_ptr<pipeline::Pipeline>> {
        if (!original.dead_letter)
          return bad_config("this pipeline has no 'dead_letter', so there is nothing to replay");
        if (const std::string* file = letters_file(original)) {
          if (!command.check) LETHE_TRY(set_aside(*file));
          done.push_back(replaying(*file));
        }
        configs.push_back(std::make_unique<config::PipelineConfig>(for_replay(original)));
        const config::PipelineConfig& config = *configs.back();
        const std::string run_id = std::to_string(services.clock.unix_ms());
        return make_pipeline(
            config, configuration.catalog, kms, services,
            [&config, kms, services, run_id](
                int) -> Result<std::unique_ptr<connectors::Source>> {
              const std::string* file = letters_file(config);
              auto letters = LETHE_TRY(make_dead_letter_source(
                  config, file == nullptr ? std::string() : replaying(*file), services.log));
              std::unique_ptr<TenantSeal> seal;
              if (kms != nullptr)
                seal = std::make_unique<TenantSeal>(kms->internal_session(),
                                                    std::string(kms->tenant()));
              return std::unique_ptr<connectors::Source>(std::make_unique<ReplaySource>(
                  std::move(letters), std::move(seal), run_id, services.clock));
            });
      });
  if (code != kDone || command.check) return code;
  for (const std::string& file : done) {
    std::error_code error;
    fs::remove(file, error);
  }
  return code;
}

}  // namespace lethe::worker::cli
