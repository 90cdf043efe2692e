"""Prints the medians of the lines in a file, and fails if ours is beyond the limit that it is held to.

usage: table.py FILE
"""
import collections
import re
import statistics
import sys

# What is allowed: a factor of what, and a part of the medians that are added, which `serde_json` takes for the same events. `raw`
# has two headers and no deadlines, `matched` has ours.
LIMITS = {
    ("publish1", "hyper"): (1.08, "raw", None),
    ("publish1", "ureq"): (1.12, "raw", None),
    ("publish1x64", "hyper"): (0.95, "matched", None),
    ("publish100", "hyper"): (1, "raw", (0.7, "json-write100")),
    ("publish100", "ureq"): (1, "raw", (0.7, "json-write100")),
    ("consume100", "hyper"): (1, "raw", (0.8, "json-read100")),
    ("consume100", "ureq"): (1, "raw", (0.8, "json-read100")),
}

figures = collections.defaultdict(list)
memory = collections.defaultdict(int)
for line in open(sys.argv[1]):
    found = re.match(r"(\S+) (\S+) .*cpu_us/event=(\S+) maxrss_mb=(\d+)", line)
    who = (found[2], found[1])
    figures[who].append(float(found[3]))
    memory[who] = max(memory[who], int(found[4]))
medians = {who: statistics.median(values) for who, values in figures.items()}

beyond, shown = [], set()
print(f"{'workload':14} {'who':8} {'raw':>8} {'matched':>8} {'ours':>8} {'limit':>8}  {'of limit':8} {'MB':>4}")
for (workload, library), (factor, base, added) in LIMITS.items():
    raw, matched, ours = ((workload, prefix + library) for prefix in ("raw-", "matched-", ""))
    if ours not in medians:
        continue
    shown |= {raw, matched, ours}
    of = {"raw": raw, "matched": matched}[base]
    limit = factor * medians[of]
    if added:
        share, json_workload = added
        shown.add((json_workload, "serde_json"))
        limit += share * medians[json_workload, "serde_json"]
    part = medians[ours] / limit
    if part > 1:
        beyond.append(f"{workload} by {library}")
    times = " ".join(f"{medians[who]:8.2f}" for who in (raw, matched, ours))
    print(f"{workload:14} {library:8} {times} {limit:8.2f}  {part:8.2f} {memory[ours]:4}")
for (workload, name), median in medians.items():
    if (workload, name) not in shown:
        print(f"{workload:14} {name:26} {median:8.2f} {memory[workload, name]:23}")
if beyond:
    sys.exit(f"load: beyond its limit: {', '.join(beyond)}; times depend on what else the machine does, so measure again first")
