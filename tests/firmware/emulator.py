"""The emulator, as a process that can be stopped and started again."""

import json
import re
import subprocess
import time
import urllib.request

from images import ROOT, TARGET_FOLDER

KEY = "c2VjcmV0IGtleSBvZiB0aGUgdGVzdHM="
ADMIN_TOKEN = "of-the-tests"


class Emulator:
    def __init__(self, *options):
        self.options = options
        self.port = 0
        self.earlier = []
        self.start()

    def start(self):
        """Starts it, the second time on the same port."""
        program = TARGET_FOLDER.parent / "debug/eventgrid-emulator"
        admin = ["--admin", "127.0.0.1:0", "--admin-token", ADMIN_TOKEN]
        self.process = subprocess.Popen(
            [program, "--listen", f"127.0.0.1:{self.port}", "--key", KEY, "--log=refused", *admin, *self.options],
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
        self.process.wait(timeout=10)

    def accepted(self):
        """All events that were ever accepted, in order; those that were accepted twice come twice."""
        headers = {"authorization": f"Bearer {ADMIN_TOKEN}"}
        request = urllib.request.Request(f"{self.admin}/accepted", headers=headers)
        with urllib.request.urlopen(request, timeout=90) as response:
            publishes = json.load(response)
        return self.earlier + [event for publish in publishes for event in publish["events"]]

    def publish(self, topic, events):
        body = json.dumps(events).encode()
        self.request("POST", f"/topics/{topic}:publish?api-version=2024-06-01", body)

    def left(self, topic, subscription):
        """What is in a subscription when all locks of 1 second have ended."""
        time.sleep(1.1)
        path = f"/topics/{topic}/eventsubscriptions/{subscription}:receive"
        query = "api-version=2024-06-01&maxEvents=100&maxWaitTime=10"
        return json.loads(self.request("POST", f"{path}?{query}", b""))["value"]

    def request(self, method, path, body=None):
        headers = {
            "authorization": f"SharedAccessKey {KEY}",
            "content-type": "application/cloudevents-batch+json",
        }
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, data=body, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=90) as response:
            return response.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def build():
    subprocess.run(["cargo", "build", "--quiet", "--package", "eventgrid-emulator"], cwd=ROOT, check=True)
