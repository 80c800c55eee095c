// SPDX-License-Identifier: Apache-2.0
//
// A worker of a simulation: a real gateway on a simulated store and simulated clocks, and what
// people and pipelines do with it, one action each. It may be killed and started again; its clocks
// run a little fast or slow, and its wall clock may be set. Owned by a schedule; one thread.

#ifndef LETHE_TESTS_SIMULATION_WORKER_H_
#define LETHE_TESTS_SIMULATION_WORKER_H_

#include <memory>
#include <string>
#include <vector>

#include "kms/gateway_kms.h"
#include "tests/simulation/laws.h"
#include "tests/simulation/sim_store.h"

namespace lethe::simulation {

// The one root key of a run of the program, lent to every gateway.
class LentRoot final : public kms::root::RootKey {
 public:
  explicit LentRoot(kms::root::RootKey& root) : root_(root) {}
  std::string_view id() const override { return root_.id(); }
  Result<std::string> wrap(const kms::crypto::Key& key, std::string_view aad) override {
    return root_.wrap(key, aad);
  }
  Result<kms::crypto::Key> unwrap(std::string_view wrapped, std::string_view aad) override {
    return root_.unwrap(wrapped, aad);
  }

 private:
  kms::root::RootKey& root_;
};

struct Subject {
  std::string name;   // its order among the hashes decides, so that it differs from run to run
  std::string title;  // in stories
  kms::store::SubjectHash hash;
};

inline constexpr std::string_view kTenant = "acme";

class Worker {
 public:
  Worker(World& world, Laws& laws, kms::root::RootKey& root, std::string name);

  const std::string& name() const { return name_; }
  Link& link() { return link_; }
  bool runs() const { return kms_ != nullptr; }
  bool busy = false;  // within an action

  // A replica that has come to any place behind `earliest`. The start may fail.
  void start(Place earliest);
  void kill();
  void set_wall_clock(SimTime by) { wall_offset_ += by; }

  void beat();
  void seal(std::size_t number, const Subject& subject);
  void open(const KeptValue& value);
  void request(const kms::erasure::Request& request, const Subject& subject);
  void hold(const Subject& subject, bool held);
  void reinstate(const Subject& subject);
  void cancel(const std::string& erasure_id);
  void tick();

  std::chrono::system_clock::time_point wall() const;
  // At the end of a schedule.
  kms::KeySession& session() { return *session_; }
  kms::journal::Journal& journal() { return kms_->journal(); }
  kms::erasure::Erasures& erasures() { return kms_->erasures(); }

 private:
  void pause();
  void tell(const std::string& what, const Result<void>& outcome);
  kms::Moment lease_clock() const;
  SimTime own(SimTime time) const;

  World& world_;
  Laws& laws_;
  kms::root::RootKey& root_;
  const std::string name_;
  const std::int64_t drift_;  // 1/10,000 that its clocks run fast
  SimTime wall_offset_{};
  Link link_;
  std::unique_ptr<kms::GatewayKms> kms_;
  std::unique_ptr<kms::KeySession> session_;
};

}  // namespace lethe::simulation

#endif  // LETHE_TESTS_SIMULATION_WORKER_H_
