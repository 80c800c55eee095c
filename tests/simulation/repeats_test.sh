#!/usr/bin/env bash
# repeats_test.sh PROGRAM: each seed tells the same story twice, in two processes.
set -euo pipefail
for seed in {1..60}; do
  first=$("$1" --seed "$seed")
  second=$("$1" --seed "$seed")
  [ "$(wc -l <<<"$first")" -gt 40 ] || { echo "seed $seed tells no story"; exit 1; }
  [ "$first" = "$second" ] && continue
  echo "seed $seed tells two stories:"
  diff <(echo "$first") <(echo "$second") | head -20
  exit 1
done
