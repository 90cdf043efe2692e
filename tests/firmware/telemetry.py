"""`firmware-telemetry`: readings and commands through a bad network, with the emulator away for a while."""

import time
from dataclasses import dataclass

import tls
from emulator import KEY, Emulator
from proxy import FAULTS, Proxy
from publish import expect, number

COMMANDS = 100


@dataclass(frozen=True)
class Pace:
    """How much happens in which time."""
    readings: int
    interval: int
    """In milliseconds, between two readings. The queue has room for 128: enough unless the network is cut."""
    lock: int
    """In seconds: how long a command is locked. If it is acknowledged later, it comes again, at most ten times."""


PLAIN = Pace(readings=600, interval=100, lock=3)
# An emulated board takes seconds to open a connection, and many where this machine has other work.
OVER_TLS = Pace(readings=200, interval=300, lock=20)

# How many readings the device keeps while it cannot publish, and how many it publishes in one request.
QUEUE = 128
BATCH = 16


def run(board, image, features):
    """Runs an image until it has published and obeyed enough, and gives the figures of the run."""
    with Device(board, image, features, faults=True) as device:
        pace = device.pace
        device.command(COMMANDS // 2, pace.interval)
        device.wait(lambda: device.proxy.acknowledged >= COMMANDS // 2, "half of the commands are acknowledged")
        device.wait(lambda: len(device.numbers()) >= pace.readings // 4, "a quarter of the readings is accepted")
        # Four attempts take about five seconds: the queue has room for 51.
        device.command(COMMANDS // 10, interval=4 * pace.interval)
        device.wait(lambda: device.proxy.acknowledged >= COMMANDS * 6 // 10, "it measures less often")
        device.proxy.cut()
        # What the emulator has already taken in is done.
        time.sleep(0.2)
        device.emulator.stop()
        # A call has four attempts, and there are two calls at a time: one has given up by now.
        device.wait(lambda: device.proxy.refused >= 8, "a call fails")
        device.emulator.start()
        device.proxy.upstream_port = device.emulator.port
        device.proxy.mend()
        device.command(COMMANDS * 4 // 10, pace.interval)
        figures = device.finish(board, image)
        expect(set(device.proxy.done) == set(FAULTS), "each fault was tried", device.proxy.done)
        return {**figures, "faults": device.proxy.done.total()}


def steady(board, image, features):
    """The same in a good network: if a connection takes longer to open than the queue to fill, a bad one loses readings."""
    with Device(board, image, features, faults=False) as device:
        device.wait(device.numbers, "the first reading is accepted")
        device.command(COMMANDS, device.pace.interval)
        return device.finish(board, image)


def overflow(board, image, features):
    """Cuts the network until the queue is full: the oldest readings are dropped, and counted. Gives the figures of the run."""
    with Device(board, image, features, faults=False) as device:
        device.command(1, device.pace.interval // 2)
        device.wait(lambda: len(device.numbers()) >= 50, "the first readings are accepted")
        # How fast it measures depends on how fast it is emulated.
        started, first = time.monotonic(), len(device.numbers())
        device.wait(lambda: len(device.numbers()) >= first + 100, "more readings are accepted")
        fills_in = QUEUE / 100 * (time.monotonic() - started)
        device.proxy.cut()
        # Only the device sees its queue, so this is many times what it needs.
        time.sleep(max(30, 4 * fills_in))
        device.proxy.mend()
        before = len(device.numbers())
        device.wait(lambda: len(device.numbers()) >= before + 200, "readings are accepted again")
        output = device.restart()
        missing = set(range(1, number(output, "measured") + 1)) - device.numbers()
        dropped = number(output, "dropped")
        expect(missing, "readings are dropped", output)
        # Of a batch whose response was lost, the device cannot know that it arrived.
        expect(len(missing) <= dropped <= len(missing) + BATCH, f"all {len(missing)} that miss are counted", output)
        # That batch is in the middle of those that were dropped.
        span = max(missing) - min(missing) + 1
        expect(span <= len(missing) + BATCH, "the oldest ones are dropped, one after the other", sorted(missing))
        return {**board.figures(image, output), "events": len(device.numbers()), "dropped": dropped}


class Device:
    """A board that runs, with an emulator and a proxy of its own."""

    def __init__(self, board, image, features, faults):
        trusted = tls.chain(tuple(features))
        self.pace = OVER_TLS if trusted else PLAIN
        # Commands whose delivery is lost come again when their locks end.
        self.emulator = Emulator(
            "--topic", "readings", "--subscription", "commands/device", "--lock-duration", str(self.pace.lock)
        )
        context = tls.context([trusted.leaf, trusted.issuing]) if trusted else None
        self.proxy = Proxy(self.emulator.port, faults, board.listens, context)
        self.sent = 0
        arguments = {
            "endpoint": f"{'https' if trusted else 'http'}://{board.shown_as}:{self.proxy.port}",
            "key": KEY, "source": f"urn:device:{board.name}",
            "topic": "readings", "commands": "commands", "subscription": "device",
        }
        # With tokens, it must find out the time by itself.
        clock = {"clock": "unknown"} if "sas" in features else {}
        self.process = board.start(image.file, arguments | clock)

    def command(self, count, interval):
        for _ in range(count // 10 or 1):
            events = [self.event("Interval.Set", {"milliseconds": interval}) for _ in range(min(count, 10))]
            self.emulator.publish("commands", events)

    def restart(self):
        """Tells it to restart, which ends the image; what it has printed."""
        self.emulator.publish("commands", [self.event("Device.Restart", None)])
        output, _ = self.process.communicate(timeout=600)
        expect(self.process.returncode == 0, "it ends with 0", output)
        return output

    def finish(self, board, image):
        """Waits until all is published and obeyed, and restarts it; the figures of the run."""
        self.wait(lambda: self.proxy.acknowledged >= COMMANDS, "all commands are acknowledged")
        self.wait(lambda: self.numbers() >= set(range(1, self.pace.readings + 1)), "all readings are accepted")
        output = self.restart()
        measured = set(range(1, number(output, "measured") + 1))
        expect(number(output, "dropped") == 0, "nothing is dropped below the capacity of the queue", output)
        expect(self.numbers() == measured, "each reading is accepted", measured ^ self.numbers())
        # The restart is one more.
        figures = {"events": len(measured), "commands": self.proxy.acknowledged - 1}
        return {**board.figures(image, output), **figures}

    def event(self, event_type, data):
        self.sent += 1
        return {"specversion": "1.0", "id": str(self.sent), "source": "urn:test", "type": event_type, "data": data}

    def numbers(self):
        """The numbers of the readings that were accepted."""
        return {event["data"]["number"] for event in self.emulator.accepted() if event["type"] == "Reading"}

    def wait(self, condition, what):
        deadline = time.monotonic() + 600
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                shown = f"{self.process.stdout.read()}{self.proxy.acknowledged} commands are acknowledged"
                expect(False, f"{what}, in ten minutes", shown)
            time.sleep(0.3)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.proxy.__exit__(*error)
        self.emulator.__exit__(*error)
