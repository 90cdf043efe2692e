"""Prints the medians of the lines in a file, and ours as parts of the limits they are held to.

usage: table.py FILE
"""
import collections
import re
import statistics
import sys

# What is allowed on top of the raw transport: a factor, and the medians that are added.
LIMITS = {
    ("publish1", "hyper"): (1.08, []),
    ("publish1", "ureq"): (1.12, []),
    ("publish1x64", "hyper"): (0.95, []),
    ("publish100", "hyper"): (1, ["json-write100"]),
    ("publish100", "ureq"): (1, ["json-write100"]),
    ("consume100", "hyper"): (1, ["json-read100"]),
    ("consume100", "ureq"): (1, ["json-read100"]),
}

figures = collections.defaultdict(list)
memory = collections.defaultdict(int)
for line in open(sys.argv[1]):
    found = re.match(r"(\S+) (\S+) .*cpu_us/event=(\S+) maxrss_mb=(\d+)", line)
    who = (found[2], found[1])
    figures[who].append(float(found[3]))
    memory[who] = max(memory[who], int(found[4]))
medians = {who: statistics.median(values) for who, values in figures.items()}

print(f"{'workload':14} {'who':12} {'us/event':>9} {'MB':>4}  {'limit':>7}  of limit")
for (workload, name), median in medians.items():
    limit, part = "", ""
    raw = medians.get((workload, f"raw-{name}"))
    if raw is not None:
        factor, added = LIMITS[workload, name]
        allowed = factor * raw + sum(medians[(other, "serde_json")] for other in added)
        limit, part = f"{allowed:.2f}", f"{median / allowed:.2f}"
    print(f"{workload:14} {name:12} {median:9.2f} {memory[(workload, name)]:4}  {limit:>7}  {part}")
