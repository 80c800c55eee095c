# SPDX-License-Identifier: Apache-2.0
"""Reads every #include of the tree against docs/layers.txt, and every word that betrays a library
outside its door. First proves itself: forged includes must be found, honest ones must not."""

import re
import sys
from dataclasses import dataclass, field

import tree

STANDARD = re.compile(r"^[a-z_]+$")  # <vector>
C_STANDARD = set("""assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h
    locale.h math.h setjmp.h signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h
    stdio.h stdlib.h stdnoreturn.h string.h tgmath.h threads.h time.h uchar.h wchar.h
    wctype.h""".split())
POSIX = re.compile(r"^(sys|linux|net|netinet|arpa|bits)/|^(unistd|fcntl|poll|pthread|sched|dirent|"
                   r"dlfcn|getopt|glob|grp|pwd|termios|syslog|ftw|execinfo|cpuid|immintrin|"
                   r"wmmintrin|spawn|semaphore|malloc|libgen|cxxabi)\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)


@dataclass
class Layer:
    place: str
    headers: list
    libraries: list


@dataclass
class Table:
    libraries: dict = field(default_factory=dict)  # name -> (header prefixes, words)
    layers: list = field(default_factory=list)

    def layer_of(self, name):
        fitting = [layer for layer in self.layers
                   if name == layer.place or name.startswith(tuple(layer.place + c for c in "/._"))]
        return max(fitting, key=lambda layer: len(layer.place), default=None)

    def library_of(self, header):
        return next((name for name, (prefixes, _) in self.libraries.items()
                     if any(allows(prefix, header) for prefix in prefixes)), None)


def parse(text):
    table, complaints = Table(), []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        kind, _, rest = line.partition(" ")
        columns = [column.strip() for column in re.split(r"\s:(?:\s|$)", rest + " ")]
        if kind not in ("library", "layer") or len(columns) != 3:
            complaints.append(f"docs/layers.txt:{number}: not understood")
        elif kind == "library":
            table.libraries[columns[0]] = (columns[1].split(), columns[2].split())
        else:
            table.layers.append(Layer(columns[0], columns[1].split(), columns[2].split()))
    for layer in table.layers:
        for library in layer.libraries:
            if library not in table.libraries and library != "no-posix":
                complaints.append(f"docs/layers.txt: {layer.place}: no library {library}")
    for name in table.libraries:
        doors = [layer.place for layer in table.layers
                 if name in layer.libraries and layer.place.split("/")[0] != "tests"]
        if len(doors) > 1:
            complaints.append(f"docs/layers.txt: {name} has more than one door: {', '.join(doors)}")
    return table, complaints


def allows(pattern, header):
    if pattern.endswith("/"):
        return header.startswith(pattern)
    expression = re.escape(pattern).replace(r"\*", "[^/]*")
    return re.fullmatch(expression, header) is not None


def judge(layer, table, quote, header):
    """What is wrong with this include of a file of the layer, or None."""
    library = table.library_of(header)
    if quote == '"' and library is None:
        if table.layer_of(header) is layer or any(allows(p, header) for p in layer.headers):
            return None
        return f'"{header}" is not for {layer.place}'
    if library is not None:
        return None if library in layer.libraries else f"{header} has its door elsewhere"
    if STANDARD.match(header) or header in C_STANDARD:
        return None
    if POSIX.match(header):
        return f"<{header}> is POSIX" if "no-posix" in layer.libraries else None
    return f"<{header}> belongs to no library of docs/layers.txt"


def check(table, name, text):
    layer = table.layer_of(name)
    if layer is None:
        return [f"{name}: its folder is not in docs/layers.txt"]
    complaints = []
    for match in INCLUDE.finditer(text):
        wrong = judge(layer, table, match.group(1), match.group(2))
        if wrong:
            line = text.count("\n", 0, match.start(2)) + 1
            complaints.append(f"{name}:{line}: {wrong}")
    code = COMMENT_OR_TEXT.sub(" ", text)
    for library, (_, words) in table.libraries.items():
        for word in words:
            if library not in layer.libraries and re.search(r"\b" + re.escape(word), code):
                complaints.append(f"{name}: {word} belongs to {library}, whose door is elsewhere")
    return complaints


FORGED = [
    ("plugins/sdk/include/lethe/x.h", "#include <unistd.h>"),
    ("plugins/sdk/include/lethe/x.h", '#include "kms/key_ring.h"'),
    ("plugins/fields/x.h", '#include "kms/key_ring.h"'),
    ("plugins/encrypt/x.cc", '#include "plugins/decrypt/decrypt.h"'),
    ("plugins/encrypt/x.cc", "#include <simdjson.h>"),
    ("plugins/encrypt/x.cc", '#include "simdjson.h"'),
    ("kms/crypto/x.cc", '#include "kms/key_ring.h"'),
    ("kms/gateway_kms.cc", '#include "worker/config/node.h"'),
    ("kms/store/memory_key_store.cc", "#include <sqlite3.h>"),
    ("kms/gateway_kms.h", "namespace n { struct A { CryptoPP::SecByteBlock* b; }; }"),
    ("connectors/file/x.cc", '#include "connectors/kafka/source.h"'),
    ("connectors/kafka/x.cc", "# include <yaml-cpp/yaml.h>"),
    ("worker/wiring.cc", '#include "plugins/encrypt/encrypt.h"'),
    ("worker/pipeline/x.cc", "#include <openssl/evp.h>"),
    ("worker/pipeline/x.h", "rd_kafka_t* client;"),
    ("nowhere/x.cc", "#include <vector>"),
]
HONEST = [
    ("plugins/sdk/include/lethe/x.h", '#include <vector>\n#include <stdint.h>'),
    ("plugins/sdk/include/lethe/x.h", '#include "lethe/abi.h"'),
    ("plugins/fields/x.cc", '#include <simdjson.h>\n#include "plugins/fields/path.h"'),
    ("kms/crypto/x.cc", "#include <cryptopp/gcm.h>\nCryptoPP::Integer i;"),
    ("kms/crypto/x.h", "// never a CryptoPP::SecByteBlock\n#include <sys/random.h>"),
    ("kms/store/sqlite_connection.h", '#include <sqlite3.h>\n#include "kms/store/key_store.h"'),
    ("connectors/kafka/x.cc", '#include <librdkafka/rdkafka.h>\n#include "connectors/source.h"'),
    ("connectors/kafka/x.cc", '#include "connectors/kafka/client.h"'),
    ("tests/unit/kms/x.cc", '#include <gtest/gtest.h>\n#include "kms/gateway_kms.h"'),
]


def prove(table):
    complaints = [f"self-check: not found in {name}: {text}" for name, text in FORGED
                  if not check(table, name, text)]
    for name, text in HONEST:
        complaints += [f"self-check: wrongly found: {wrong}" for wrong in check(table, name, text)]
    broken = "library a : a/ : a::\nlayer x : : a\nlayer y : : a b\nnonsense"
    if len(parse(broken)[1]) != 3:
        complaints.append("self-check: a broken table was accepted")
    return complaints


def main():
    table, complaints = parse(tree.read("docs/layers.txt"))
    complaints += prove(table)
    for name in tree.sources():
        complaints += check(table, name, tree.read(name))
    return tree.report(complaints)


if __name__ == "__main__":
    sys.exit(main())
