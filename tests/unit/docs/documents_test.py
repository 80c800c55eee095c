# SPDX-License-Identifier: Apache-2.0
"""Documents must not drift from the tree: every path and command they name exists. Also the rules
of the house that a reader of text can check: licence lines, lengths, decision records, nothing of
the machine it was written on. Usage: documents_test.py [BINARY]; with the binary, sub-commands and
their options are looked up in its --help. First proves itself on forged texts."""

import fnmatch
import os
import re
import subprocess
import sys

import tree

SPDX = ("// SPDX-License-Identifier: Apache-2.0", "/* SPDX-License-Identifier: Apache-2.0")
MOST_LINES = 400
ADR_HEADINGS = ["Status", "Context", "Decision", "Alternatives", "Consequences"]
ADR_MOST_LINES = 40
# Made by builds, demos and runs, or belonging to the reader.
MADE_LATER = ["build", "build/*", "my.yaml", "worker.yaml", "lethe-data*", "lethe-demo*",
              "*.sealed.jsonl", "*.opened.jsonl", "*.refused.jsonl"]
FILE_NAME = re.compile(r"\w\.(h|cc|c|md|txt|py|sh|yaml|json|jsonl|cmake)$")

CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
LOOKS_LIKE_PATH = re.compile(r"^[\w.][\w./*-]*$")
# Written in two pieces, so that this file does not complain about itself.
FOREIGN = [re.compile(p) for p in (
    r"(?<![\w.])/(?:wor" r"k|far" r"m|roo" r"t|hom" r"e)/\w",
    r"deb\.debi" r"an\.org", r"registry\.npm" r"js",
    r"repo1?\.mav" r"en", r"pypi\.or" r"g", r"proxy\.gola" r"ng", r"(?i)gdpr[ -]compli" r"ant")]
FOREIGN_EXEMPT = ["LICENSE", "docs/formats/vectors/*"]


def is_document(name):
    return name.endswith(".md") and not name.startswith("docs/formats/vectors/")


def exists(path, beside, names):
    """The path, seen from the root or from the document's folder, is a file, a folder or a pattern
    that fits one; or it is made later."""
    path = path.rstrip("/")
    if any(fnmatch.fnmatch(path, pattern) for pattern in MADE_LATER):
        return True
    for candidate in (path, os.path.normpath(os.path.join(os.path.dirname(beside), path))):
        for name in names:
            if fnmatch.fnmatch(name, candidate) or name.startswith(candidate + "/"):
                return True
            if "*" in candidate and fnmatch.fnmatch(name, candidate + "/*"):
                return True
    return False


def claims_to_be_path(text):
    if not LOOKS_LIKE_PATH.match(text) or text.isupper():
        return False
    return FILE_NAME.search(text) is not None or ("/" in text and not text.startswith("."))


def named_paths(text):
    prose = FENCE.sub("", text)
    for code in CODE.findall(prose):
        if claims_to_be_path(code):
            yield code
    for target in LINK.findall(prose):
        if "://" not in target and not target.startswith("mailto:"):
            yield target


def named_commands(text):
    """Commands in shell blocks and in back-ticks, as lists of words."""
    lines = []
    for language, block in FENCE.findall(text):
        if language in ("", "sh", "bash", "shell", "console"):
            lines += block.replace("\\\n", " ").splitlines()
    lines += CODE.findall(FENCE.sub("", text))
    for line in lines:
        for command in re.split(r"\||&&|;", line.split(" #")[0].strip().lstrip("$ ")):
            words = command.split()
            while words and re.match(r"^\w+=", words[0]):
                words = words[1:]
            if words and (words[0].startswith("./") or os.path.basename(words[0]) == "lethe"):
                yield words


class Help:
    """What the binary says about itself; knows nothing without one."""

    def __init__(self, binary):
        self.binary = binary
        self.texts = {}

    def text(self, *words):
        if words not in self.texts:
            done = subprocess.run([self.binary, *words, "--help"], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=20, check=False)
            self.texts[words] = done.stdout.decode() if done.returncode == 0 else ""
        return self.texts[words]

    def complaints(self, words):
        if self.binary is None or len(words) < 2:
            return []
        path, rest = [], words[1:]
        while rest and re.match(r"^[a-z]+$", rest[0]):
            if re.search(rf"^\s+{rest[0]}\b", self.text(*path), re.MULTILINE):
                path.append(rest.pop(0))
            elif not path:
                return [f"lethe has no command {rest[0]}"]
            else:
                break
        options = [word.split("=")[0].strip("[]") for word in rest if re.match(r"^\[?-\S", word)]
        manual = self.text(*path) + self.text()
        return [f"{' '.join(['lethe'] + path)} has no option {option}" for option in options
                if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", manual)]


def check_document(name, text, names, manual):
    complaints = [f"{name}: there is no {path}" for path in named_paths(text)
                  if not exists(path, name, names)]
    for words in named_commands(text):
        if words[0].startswith("./"):
            command = words[0][2:]
            if command not in names:
                if not exists(command, name, names):
                    complaints.append(f"{name}: there is no command {words[0]}")
            elif not os.access(os.path.join(tree.ROOT, command), os.X_OK):
                complaints.append(f"{name}: {words[0]} cannot be executed")
        else:
            complaints += [f"{name}: {wrong}" for wrong in manual.complaints(words)]
    return complaints


def check_source(name, text):
    complaints = []
    if name.endswith(tree.SOURCES) and not text.startswith(SPDX):
        complaints.append(f"{name}: does not begin with the SPDX line")
    lines = text.count("\n")
    if name.endswith(tree.SOURCES + (".py", ".sh")) and lines > MOST_LINES:
        complaints.append(f"{name}: {lines} lines; which second idea has moved in?")
    return complaints


def check_foreign(name, text):
    if any(fnmatch.fnmatch(name, pattern) for pattern in FOREIGN_EXEMPT):
        return []
    return [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: does not belong here: "
            f"{match.group(0)}" for pattern in FOREIGN for match in pattern.finditer(text)]


def check_record(name, text):
    complaints = []
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    if headings != ADR_HEADINGS:
        complaints.append(f"{name}: its headings are not {', '.join(ADR_HEADINGS)}")
    if text.count("\n") >= ADR_MOST_LINES:
        complaints.append(f"{name}: a decision record has fewer than {ADR_MOST_LINES} lines")
    return complaints


def check(names, manual):
    complaints = []
    for name in names:
        try:
            text = tree.read(name)
        except UnicodeDecodeError:
            continue  # a test's own bad bytes
        complaints += check_foreign(name, text)
        if is_document(name):
            complaints += check_document(name, text, set(names), manual)
        if re.match(r"docs/adr/\d+.*\.md$", name):
            complaints += check_record(name, text)
        complaints += check_source(name, text)
    return complaints


def prove(names):
    """Each forged text must be found; the honest one must not."""
    manual, names = Help(None), set(names)
    here = "/" + "wor" + "k/somewhere"
    complete = "".join(f"## {heading}\n" for heading in ADR_HEADINGS)
    forged = {
        "path": check_document("README.md", "see `kms/nothing.h`", names, manual),
        "link": check_document("README.md", "see [this](docs/nothing.md)", names, manual),
        "command": check_document("README.md", "```sh\n./nothing --fast\n```", names, manual),
        "no x bit": check_document("README.md", "`./README.md`", names, manual),
        "machine": check_foreign("kms/x.h", f"// see {here}"),
        "licence": check_source("kms/x.h", "#pragma once\n"),
        "length": check_source("kms/x.cc", SPDX[0] + "\n" * 402),
        "record": check_record("docs/adr/x.md", "## Status\n## Decision\n"),
        "long record": check_record("docs/adr/x.md", complete + "\n" * 40),
    }
    manual = Help("a binary")
    manual.texts = {(): "  run  Runs\n  shred  Erases\n  keys  Keys\n  --version",
                    ("run",): "-c,--config FILE", ("shred",): "",
                    ("keys",): "  init  Makes", ("keys", "init"): "-f FILE"}
    for command in ("walk", "run --fast", "keys init --now", "--speed"):
        forged[command] = check_document("README.md", f"`lethe {command}`", names, manual)
    complaints = [f"self-check: not found: {what}" for what, found in forged.items() if not found]
    honest = ("`README.md`, [table](docs/layers.txt), `docs/adr/*.md`, `build/release/bin/lethe`, "
              "`./test --sanitizers`, `lethe run -c A.yaml FILE.yaml`, "
              "`lethe keys init -f X`, `lethe shred`, `a.b`, `A/B`, `.proto`\n"
              "```sh\n./quickstart\n```\n")
    complaints += [f"self-check: wrongly found: {wrong}"
                   for wrong in check_document("README.md", honest, names, manual)]
    return complaints


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 and os.access(sys.argv[1], os.X_OK) else None
    names = tree.files()
    return tree.report(prove(names) + check(names, Help(binary)))


if __name__ == "__main__":
    sys.exit(main())
