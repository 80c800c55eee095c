# What encrypt and decrypt share above editor and sealed value: sealing and opening by the batch.
lethe_library(sealing aad_memo.cc json_value.cc opener.cc sealer.cc)
target_link_libraries(lethe_sealing PUBLIC lethe::sdk lethe::sealed_value)
