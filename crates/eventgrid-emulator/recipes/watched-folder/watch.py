"""Publishes an event of a storage account when a file in a folder is created, changed or removed.

    watch.py FOLDER

The folder stands for a container. EVENTGRID_ADMIN is the address of the emulator's admin API,
EVENTGRID_ADMIN_TOKEN its token, and EVENTGRID_TOPIC the topic. It needs only Python.
"""

import json
import mimetypes
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request

ADMIN = os.environ.get("EVENTGRID_ADMIN", "http://127.0.0.1:6501")
TOKEN = os.environ.get("EVENTGRID_ADMIN_TOKEN")
TOPIC = os.environ.get("EVENTGRID_TOPIC", "basicTopic:photos")
SECONDS_BETWEEN_LOOKS = 0.2


def look(folder):
    """Each file below the folder, with what changes when it is written."""
    found = {}
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = (status.st_size, status.st_mtime_ns)
    return found


def publish(folder, event_type, name, size):
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    overrides = {
        "subject": f"/blobServices/default/containers/{folder.name}/blobs/{name}",
        "data.url": f"https://example.blob.core.windows.net/{folder.name}/{name}",
        "data.contentType": media_type,
    }
    if size is not None:
        overrides["data.contentLength"] = size
    body = json.dumps({"type": event_type, "topic": TOPIC, "overrides": overrides})
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{ADMIN}/systemEvents", body.encode(), headers)
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as error:
        sys.exit(f"the emulator refused the event: {error.read().decode()}")
    except urllib.error.URLError as error:
        print(f"the emulator cannot be reached at {ADMIN}, {name} will be tried again: {error}", file=sys.stderr)
        return False
    print(event_type, name, flush=True)
    return True


def watch(folder):
    # What is there at the start is not new.
    before = look(folder)
    published = dict(before)
    print("watching", folder.name, flush=True)
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        now = look(folder)
        for name, state in now.items():
            # A file that is still being written changes from one look to the next.
            is_new = before.get(name) == state and published.get(name) != state
            if is_new and publish(folder, "Microsoft.Storage.BlobCreated", name, state[0]):
                published[name] = state
        for name in [name for name in published if name not in now]:
            if publish(folder, "Microsoft.Storage.BlobDeleted", name, None):
                del published[name]
        before = now


if __name__ == "__main__":
    if len(sys.argv) != 2 or not TOKEN:
        sys.exit("usage: EVENTGRID_ADMIN_TOKEN=TOKEN watch.py FOLDER")
    watch(pathlib.Path(sys.argv[1]).resolve())
