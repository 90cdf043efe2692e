"""`firmware-publish` and `bare`: one reading, perhaps some commands, and the end."""

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
            never_sent(board, image, emulator, features)
    return {**board.figures(image, output), "events": len(events)}


def never_sent(board, image, emulator, features):
    """What no request can be made of is not sent, and the device says why."""
    in_words = "messages" in features
    given = arguments(board, emulator, "urn:device", KEY)
    for changed, word, words in [
        ({"source": "urn:" + "x" * 300}, "buffer-too-small", "it does not fit into the buffer"),
        ({"source": ""}, "invalid-event", "its attribute `source` must not be empty"),
        ({"key": ""}, "invalid-credential", "the access key is empty"),
    ]:
        if changed == {"key": ""} and "sas" in features:
            # Signatures are made by a key that is read before.
            output = finish(board, image, given | changed, exit_code=2)
            expect("argument key=" in output, "the argument is named", output)
            continue
        output = finish(board, image, given | changed, exit_code=1)
        expect((words if in_words else f"unsent={word}") in output, f"{changed} is told", output)
    expect(len(emulator.accepted()) == 1, "nothing else is accepted", output)


def run_bare(board, image, _features):
    """The same for `bare`, which takes no note of errors."""
    return run(board, image, None)


def consume(board, image, _features):
    """Runs an image that pulls two commands as well, of which it knows one, and gives the figures of the run."""
    with Emulator("--topic", "readings", "--subscription", "commands/device", "--lock-duration", "60") as emulator:
        command = {"specversion": "1.0", "source": "urn:tests", "data": {"why": ["\u00e9"]}}
        types = ["Device.Restart", "Device.Unknown"]
        emulator.publish("commands", [{**command, "id": name, "type": name} for name in types])
        given = arguments(board, emulator, f"urn:device:{board.name}", KEY)
        output = finish(board, image, {**given, "command_topic": "commands", "subscription": "device"})
        expect(number(output, "published") == 1, "the reading is published", output)
        expect(number(output, "known") == 1, "one command is known", output)
        expect(number(output, "acknowledged") == 2, "both commands are acknowledged", output)
        expect(emulator.left("commands", "device") == [], "no command is left after their locks", output)
        return {**board.figures(image, output), "events": 1, "commands": 2}


def arguments(board, emulator, source, key):
    endpoint = f"http://{board.shown_as}:{emulator.port}"
    return {"endpoint": endpoint, "topic": "readings", "key": key, "source": source}


def finish(board, image, arguments, exit_code=0):
    """What an image prints until it ends by itself."""
    process = board.start(image.file, arguments)
    try:
        output, _ = process.communicate(timeout=600)
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
