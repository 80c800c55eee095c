# The texts of rows, for everything that reads or writes them (target lethe::kms_texts).
lethe_library(kms_texts
  base64.cc
  control_codec.cc
  hex.cc
  row_texts.cc)
target_link_libraries(lethe_kms_texts PUBLIC lethe::crypto lethe::json lethe::sdk)

# The gateway KMS itself (target lethe::kms), over crypto, store and root.
lethe_library(kms
  audit.cc
  backup/backup.cc
  backup/backup_file.cc
  backup/known_history.cc
  backup/lines.cc
  backup/manifest.cc
  backup/replay.cc
  backup/restore.cc
  beacon_keeper.cc
  edek_rows.cc
  erasure/agreement.cc
  erasure/desk.cc
  erasure/effect.cc
  erasure/progress.cc
  erasure/words.cc
  erasure_order.cc
  fence_view.cc
  gateway_kms.cc
  gateway_parts.cc
  gateway_session.cc
  hierarchy.cc
  housekeeper.cc
  key_cache.cc
  lease.cc
  name_tag.cc
  opening_keys.cc
  sealing_keys.cc
  store_follower.cc
  unknown_ids.cc)
target_link_libraries(lethe_kms
  PUBLIC lethe::crypto lethe::journal lethe::json lethe::kms_root lethe::kms_store
    lethe::kms_texts lethe::sdk)
