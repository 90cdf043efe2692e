"""The emulator, as a process that can be stopped and started again."""

import json
import re
import subprocess
import urllib.request

from images import ROOT, TARGET_FOLDER

KEY = "c2VjcmV0IGtleSBvZiB0aGUgdGVzdHM="
ADMIN_TOKEN = "of-the-tests"


class Emulator:
    def __init__(self, *options):
        self.options = options
        self.earlier = []
        self.start()

    def start(self):
        """Starts it, each time on a port that is free then."""
        program = TARGET_FOLDER.parent / "debug/eventgrid-emulator"
        admin = ["--admin", "127.0.0.1:0", "--admin-token", ADMIN_TOKEN]
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--key", KEY, "--log=refused", *admin, *self.options],
            stdout=subprocess.PIPE, text=True,
        )
        line = self.process.stdout.readline()
        found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
        if not found:
            raise RuntimeError(f"the emulator does not start: {line!r}")
        self.port = int(found[1])
        self.admin = self.process.stdout.readline().strip().removeprefix("admin API on ")

    def stop(self):
        """Stops it; what it had accepted is remembered here."""
        self.earlier = self.accepted()
        self.process.terminate()
        self.process.wait(timeout=60)

    def accepted(self):
        """All events that were ever accepted, in order; those that were accepted twice come twice."""
        publishes = self.administrate("GET", "/accepted")
        return self.earlier + [event for publish in publishes for event in publish["events"]]

    def advance(self, seconds):
        """Moves its clock forward: all that ends by then has ended."""
        self.administrate("POST", "/clock/advance", json.dumps({"seconds": seconds}).encode())

    def publish(self, topic, events):
        body = json.dumps(events).encode()
        self.request("POST", f"/topics/{topic}:publish?api-version=2024-06-01", body)

    def left(self, topic, subscription):
        """What is in a subscription when all locks of a minute have ended."""
        self.advance(61)
        path = f"/topics/{topic}/eventsubscriptions/{subscription}:receive"
        query = "api-version=2024-06-01&maxEvents=100&maxWaitTime=10"
        return json.loads(self.request("POST", f"{path}?{query}", b""))["value"]

    def request(self, method, path, body=None):
        headers = {
            "authorization": f"SharedAccessKey {KEY}",
            "content-type": "application/cloudevents-batch+json",
        }
        return self.send(method, f"http://127.0.0.1:{self.port}{path}", headers, body)

    def administrate(self, method, path, body=None):
        headers = {"authorization": f"Bearer {ADMIN_TOKEN}", "content-type": "application/json"}
        return json.loads(self.send(method, self.admin + path, headers, body))

    def send(self, method, url, headers, body):
        request = urllib.request.Request(url, data=body, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=90) as response:
            return response.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def build():
    subprocess.run([ROOT / ".ci/programs", "eventgrid-emulator"], check=True)
