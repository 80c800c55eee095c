# SPDX-License-Identifier: Apache-2.0
"""Somebody else's producer, which holds a transaction open in partition 0 of a topic. A broker's own
console tools have none, so that the client library is called as it is."""

import ctypes

TIMEOUT_MS = 20_000
PRODUCER = 0
COPY = 2


class ForeignTransaction:
    """Open within the block; aborted at its end."""

    def __init__(self, brokers, topic, name="somebody-else"):
        self.library = ctypes.CDLL("librdkafka.so.1")
        self.declare()
        configuration = self.library.rd_kafka_conf_new()
        for key, value in (("bootstrap.servers", brokers), ("transactional.id", name),
                           ("transaction.timeout.ms", "120000")):
            self.library.rd_kafka_conf_set(configuration, key.encode(), value.encode(), None, 0)
        self.client = self.library.rd_kafka_new(PRODUCER, configuration, None, 0)
        self.topic = self.library.rd_kafka_topic_new(self.client, topic.encode(), None)

    def declare(self):
        pointers = ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_topic_new", "rd_kafka_error_string",
                    "rd_kafka_init_transactions", "rd_kafka_begin_transaction",
                    "rd_kafka_abort_transaction")
        for name in pointers:
            getattr(self.library, name).restype = ctypes.c_void_p
        self.library.rd_kafka_conf_set.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p,
                                                   ctypes.c_char_p, ctypes.c_size_t]
        self.library.rd_kafka_new.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p,
                                              ctypes.c_size_t]
        self.library.rd_kafka_topic_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        self.library.rd_kafka_produce.argtypes = [
            ctypes.c_void_p, ctypes.c_int32, ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t,
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
        self.library.rd_kafka_error_string.argtypes = [ctypes.c_void_p]
        for name in ("rd_kafka_init_transactions", "rd_kafka_flush", "rd_kafka_abort_transaction"):
            getattr(self.library, name).argtypes = [ctypes.c_void_p, ctypes.c_int]
        for name in ("rd_kafka_begin_transaction", "rd_kafka_destroy", "rd_kafka_topic_destroy"):
            getattr(self.library, name).argtypes = [ctypes.c_void_p]

    def require(self, error):
        if error:
            text = ctypes.cast(self.library.rd_kafka_error_string(error), ctypes.c_char_p).value
            raise RuntimeError(text.decode())

    def __enter__(self):
        self.require(self.library.rd_kafka_init_transactions(self.client, TIMEOUT_MS))
        self.require(self.library.rd_kafka_begin_transaction(self.client))
        key, value = b"somebody-else", b"not decided yet"
        if self.library.rd_kafka_produce(self.topic, 0, COPY, value, len(value), key, len(key), None):
            raise RuntimeError("the foreign row was not queued")
        if self.library.rd_kafka_flush(self.client, TIMEOUT_MS):
            raise RuntimeError("the foreign row was not delivered")
        return self

    def __exit__(self, *_):
        try:
            self.require(self.library.rd_kafka_abort_transaction(self.client, TIMEOUT_MS))
        finally:
            self.library.rd_kafka_topic_destroy(self.topic)
            self.library.rd_kafka_destroy(self.client)
