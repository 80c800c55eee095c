# The gateway KMS itself (target lethe::kms), over crypto, store and root.
lethe_library(kms
  beacon_keeper.cc
  control_codec.cc
  edek_rows.cc
  erasure_order.cc
  fence_view.cc
  gateway_kms.cc
  gateway_parts.cc
  gateway_session.cc
  hex.cc
  hierarchy.cc
  housekeeper.cc
  key_cache.cc
  lease.cc
  name_tag.cc
  opening_keys.cc
  row_texts.cc
  sealing_keys.cc
  store_follower.cc
  unknown_ids.cc)
target_link_libraries(lethe_kms
  PUBLIC lethe::crypto lethe::json lethe::kms_root lethe::kms_store lethe::sdk)
