# The key store in a topic: births against a plain producer and consumer, time and memory of a load.
if(LETHE_WITH_KAFKA)
  add_executable(keys_kafka keys_kafka.cc)
  target_link_libraries(keys_kafka PRIVATE lethe::kms_store_kafka lethe::crypto)
  lethe_warnings(keys_kafka)
endif()
