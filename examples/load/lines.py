"""Publishes the events of `load` from JSON lines by `egrid`, and by `load`, and compares what both take."""

import json
import os
import statistics
import sys
from pathlib import Path

ENDPOINT = "http://127.0.0.1:8088"
TOGETHER = 100
ROUNDS = 5
MOST_CPU = 1.5
# In MiB: between a tenth of the events and all of them.
MOST_GROWTH = 8


def write_lines(path, count, only_data=False):
    """The same events as those of `orders.rs`, or their data, one JSON object a line."""
    with path.open("w") as file:
        for number in range(count):
            order = number % TOGETHER
            event = {
                "specversion": "1.0",
                "id": f"{order:08}-43d1-4ac8-9f00-9b6f3f1f0c11",
                "source": "urn:bench/orders",
                "type": "Order.Created",
                "subject": f"orders/{order}",
                "time": "2026-01-01T00:00:00Z",
                "data": {"order_id": order, "total": order * 10.99, "note": "x" * 960},
            }
            line = event["data"] if only_data else event
            file.write(json.dumps(line, separators=(",", ":")) + "\n")


def run(*command):
    """The time of the processor in seconds, and the memory in MiB, that a program takes."""
    process = os.fork()
    if process == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.execve(command[0], list(map(str, command)), os.environ | {"EVENTGRID_KEY": "c2VjcmV0"})
    _, status, usage = os.wait4(process, 0)
    assert status == 0, f"{command[0]} ended with {status}"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(egrid, load, folder, events):
    lines, few, data = folder / "lines.jsonl", folder / "few.jsonl", folder / "data.jsonl"
    write_lines(lines, events)
    write_lines(few, events // 10)
    write_lines(data, events, only_data=True)
    egrid = (egrid, "publish", "--endpoint", ENDPOINT, "--topic", "t", "--max-events", TOGETHER)
    load = (load, "--endpoint", ENDPOINT, "--transport", "ureq", "--workload", "publish100")
    whole_ratios, data_ratios = [], []
    per_event = 1e6 / events
    for number in range(1, ROUNDS + 1):
        whole, memory = run(*egrid, lines)
        by_load, _ = run(*load, "--count", events // TOGETHER)
        only_data, _ = run(*egrid, "--type", "Order.Created", "--data-lines", data)
        whole_ratios.append(whole / by_load)
        data_ratios.append(only_data / by_load)
        print(
            f"round {number}: egrid {whole * per_event:.2f} us of the processor an event, load {by_load * per_event:.2f}, "
            f"ratio {whole_ratios[-1]:.2f}; of data alone {only_data * per_event:.2f}, ratio {data_ratios[-1]:.2f}; "
            f"egrid {memory:.1f} MiB",
            flush=True,
        )
    _, memory_of_few = run(*egrid, few)
    ratio = statistics.median(whole_ratios)
    print(
        f"median ratio {ratio:.2f}, of {MOST_CPU} at the most, and {statistics.median(data_ratios):.2f} of data alone; "
        f"{events // 10} events take {memory_of_few:.1f} MiB"
    )
    return ratio <= MOST_CPU and memory - memory_of_few <= MOST_GROWTH


if not main(*map(Path, sys.argv[1:4]), int(sys.argv[4])):
    sys.exit("egrid takes more than it may")
