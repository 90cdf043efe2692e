"""`firmware-publish` and `bare`: one reading, and the end."""

import re

from emulator import KEY, Emulator


def run(board, image, features):
    """Runs an image, and gives the figures of the run."""
    source = f"urn:device:{board.name}"
    with Emulator("--topic", "readings") as emulator:
        output = finish(board, image, arguments(board, emulator, source, KEY))
        events = emulator.accepted()
        expect(len(events) == 1, f"one event is accepted, not {len(events)}", output)
        event = events[0]
        expect(event["data"] == {"centicelsius": 2150}, "the reading is accepted as it is", event)
        if features is not None:
            expect(event["source"] == source, "the source is the one of the arguments", event)
            refused = finish(board, image, arguments(board, emulator, source, "d3Jvbmc="), exit_code=1)
            expect("401" in refused, "a wrong key is told", refused)
            expect(len(emulator.accepted()) == 1, "nothing is accepted with a wrong key", refused)
    return {**board.figures(image, output), "events": len(events)}


def run_bare(board, image, _features):
    """The same for `bare`, which takes neither a source nor note of errors."""
    return run(board, image, None)


def arguments(board, emulator, source, key):
    endpoint = f"http://{board.shown_as}:{emulator.port}"
    return {"endpoint": endpoint, "topic": "readings", "key": key, "source": source}


def finish(board, image, arguments, exit_code=0):
    """What an image prints until it ends by itself."""
    process = board.start(image.file, arguments)
    try:
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    expect(process.returncode == exit_code, f"it ends with {exit_code}, not {process.returncode}", output)
    return output


def number(output, name):
    """The last number that was printed as NAME=NUMBER."""
    return int(re.findall(rf"\b{name}=(\d+)", output)[-1])


def expect(truth, what, shown):
    if not truth:
        raise AssertionError(f"{what}\n{shown}")
