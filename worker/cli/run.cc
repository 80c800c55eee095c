// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/run.h"

#include <atomic>
#include <thread>
#include <utility>

#include "worker/cli/key_metrics.h"
#include "worker/cli/signals.h"
#include "worker/wiring_inbox.h"
#include "worker/metrics/registry.h"
#include "worker/metrics/textfile.h"

namespace lethe::worker::cli {
namespace {

constexpr std::chrono::milliseconds kMetricsInterval{5000};

// A pipeline on a thread of its own.
struct Running {
  const config::PipelineConfig* config;
  std::unique_ptr<pipeline::Pipeline> pipeline;
  pipeline::TaskReport report;
  std::thread thread;
};

void describe_end(const Running& one, log::Log& log) {
  const pipeline::Tally& totals = one.report.totals;
  const auto say = [&](log::Level level, std::string_view message,
                       std::initializer_list<log::Field> fields) {
    log.write(level, message, {fields.begin(), fields.size()});
  };
  if (one.report.error) {
    say(log::Level::kError, one.report.error->message(),
        {{"pipeline", one.config->name},
         {"kind", to_string(one.report.error->kind())},
         {"read", totals.read},
         {"written", totals.written}});
    return;
  }
  say(log::Level::kInfo, "pipeline finished",
      {{"pipeline", one.config->name},
       {"read", totals.read},
       {"written", totals.written},
       {"dropped", totals.dropped},
       {"dead_lettered", totals.dead_lettered}});
}

class Run {
 public:
  Run(const RunCommand& command, log::Log& log) : command_(command), log_(log) {}

  Result<void> prepare(const PipelineMaker& make);
  // The exit code.
  int go(Signals& signals);

 private:
  Result<void> load();
  Result<void> prepare_kms();
  bool all_ended() const;
  void wait_for_all(Signals& signals);
  void write_metrics();

  const RunCommand& command_;
  log::Log& log_;
  Configuration configuration_;
  metrics::Registry registry_;
  pipeline::SystemClock clock_;
  std::unique_ptr<kms::GatewayKms> kms_;
  KeyMetrics key_metrics_;
  std::vector<std::unique_ptr<Running>> running_;
  std::atomic<std::size_t> ended_{0};
  std::unique_ptr<inbox::Inbox> inbox_;
  std::jthread inbox_thread_;  // last: it uses all of them
  bool stopping_ = false;
};

Result<void> Run::load() {
  config::Diagnostics diagnostics;
  Result<Configuration> loaded =
      load_all(command_.files, config::References::kResolve, diagnostics);
  show(diagnostics);
  if (!loaded) return std::move(loaded).error();
  configuration_ = std::move(loaded).value();
  return {};
}

Result<void> Run::prepare_kms() {
  const bool opens_inbox = command_.inbox && configuration_.worker.erasure.has_value();
  bool needs_keys = opens_inbox;
  for (const config::PipelineConfig& config : configuration_.pipelines)
    needs_keys = needs_keys || !config.transforms.empty();
  if (!needs_keys) return {};
  kms_ = LETHE_TRY(make_kms(configuration_.worker, Custody::kExisting, log_));
  LETHE_TRY(key_metrics_.watch(registry_));
  if (opens_inbox)
    inbox_ = LETHE_TRY(
        make_inbox(configuration_.worker, kms_->erasures(), kms_->journal(), log_, clock_));
  return {};
}

Result<void> Run::prepare(const PipelineMaker& make) {
  LETHE_TRY(load());
  if (configuration_.pipelines.empty() && !configuration_.worker.erasure)
    return bad_config("nothing to run: name a pipeline file, or a worker file with 'erasure' (-c)");
  LETHE_TRY(prepare_kms());
  const pipeline::WorkerServices services{kms_.get(), log_, registry_, clock_};
  for (const config::PipelineConfig& config : configuration_.pipelines) {
    Result<std::unique_ptr<pipeline::Pipeline>> made =
        make(config, configuration_, kms_.get(), services);
    if (!made) return std::move(made).error().with_context(config.name);
    auto one = std::make_unique<Running>();
    one->config = &config;
    one->pipeline = std::move(made).value();
    running_.push_back(std::move(one));
  }
  return {};
}

int Run::go(Signals& signals) {
  for (const auto& one : running_) {
    log_.debug("pipeline starts", {{"pipeline", one->config->name}});
    one->thread = std::thread([this, &signals, running = one.get()] {
      running->report = running->pipeline->run();
      ++ended_;
      signals.wake();
    });
  }
  if (inbox_ != nullptr)
    inbox_thread_ = std::jthread([this](const std::stop_token& stop) { inbox_->run(stop); });
  wait_for_all(signals);
  inbox_thread_ = {};  // stopped and joined
  int code = kDone;
  for (const auto& one : running_) {
    one->thread.join();
    describe_end(*one, log_);
    if (!one->report.error) continue;
    const bool usage = one->report.error->kind() == ErrorKind::kBadConfig;
    code = usage && code == kDone ? kUsage : usage ? code : kFailed;
  }
  write_metrics();
  return code;
}

// The inbox lives as long as the pipelines; without any, until it is stopped.
bool Run::all_ended() const {
  return running_.empty() ? stopping_ : ended_ == running_.size();
}

void Run::wait_for_all(Signals& signals) {
  while (!all_ended()) {
    const Signals::Event event = signals.wait(kMetricsInterval);
    if (event == Signals::Event::kStop) {
      stopping_ = true;
      log_.info("stopping: what was read is written and committed; a second signal ends at once");
      for (const auto& one : running_) one->pipeline->stop();
    }
    if (event == Signals::Event::kTimeout) write_metrics();
  }
}

void Run::write_metrics() {
  if (command_.metrics_file.empty()) return;
  if (kms_ != nullptr) key_metrics_.update(kms_->counts());
  const Result<void> written = metrics::write_textfile(registry_, command_.metrics_file);
  if (!written) log_.warning(written.error().message());
}

}  // namespace

int run_with(const RunCommand& command, const PipelineMaker& make) {
  harden_process();
  Signals signals;
  const std::unique_ptr<log::Log> log = make_log(command.log);
  Run run(command, *log);
  const Result<void> prepared = run.prepare(make);
  if (!prepared) return report(prepared.error());
  if (command.check) {
    print(std::string("ready to run"));
    return kDone;
  }
  return run.go(signals);
}

int run(const RunCommand& command) {
  return run_with(command,
                  [](const config::PipelineConfig& config, const Configuration& configuration,
                     kms::GatewayKms* kms, pipeline::WorkerServices services) {
                    return make_pipeline(config, configuration.catalog, kms, services);
                  });
}

}  // namespace lethe::worker::cli
