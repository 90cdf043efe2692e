#!/usr/bin/env bash
# cloudevents 10.0.0 (npm) and 2.2.0 (PyPI): an event that is read without a time gets the
# time of reading. In JavaScript, so does one with a leap second.
#
# Expected: `time` is optional in CloudEvents. An event that came without it has none, and keeps
#   none when it is forwarded. A time that cannot be represented is an error.
# Seen: both libraries fill in the present time when they parse, not only when a program makes a new
#   event. So the same message, read twice, has two times, and a forwarded event claims to have
#   happened when it was forwarded. The JavaScript library does the same to 2016-12-31T23:59:60Z,
#   the valid time of a leap second: it becomes now. Python raises
#   ValueError for it.
#
# Why it matters: a consumer that orders, deduplicates or expires events by `time` cannot trust it
#   if such a relay is in between. A publisher that cares always sets `time`.
#
# Output:
#   JavaScript, without a time: now
#   JavaScript, 2016-12-31T23:59:59Z: 2016-12-31T23:59:59.000Z
#   JavaScript, 2016-12-31T23:59:60Z: now
#   Python, without a time: now
#   Python, 2016-12-31T23:59:59Z: 2016-12-31T23:59:59+00:00
#   Python, 2016-12-31T23:59:60Z: ValueError
#
# It needs Node.js 20 or later with npm, and Python 3.10 or later.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache" PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cloudevents@10.0.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
cat >main.js <<'END'
const { HTTP } = require("cloudevents");

for (const time of [undefined, "2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z"]) {
  const event = HTTP.toEvent({
    headers: { "content-type": "application/cloudevents+json" },
    body: JSON.stringify({ specversion: "1.0", id: "1", source: "/s", type: "T", time }),
  });
  const isNow = Math.abs(Date.now() - Date.parse(event.time)) < 60_000;
  console.log(`JavaScript, ${time ?? "without a time"}: ${isNow ? "now" : event.time}`);
}
END
cat >main.py <<'END'
import json
from datetime import datetime, timezone

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event

for time in [None, "2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z"]:
    event = {"specversion": "1.0", "id": "1", "source": "/s", "type": "T"}
    if time:
        event["time"] = time
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, json.dumps(event).encode())
    try:
        read = from_structured_event(message).get_time()
        is_now = abs((datetime.now(timezone.utc) - read).total_seconds()) < 60
        shown = "now" if is_now else read.isoformat()
    except ValueError:
        shown = "ValueError"
    print(f"Python, {time or 'without a time'}: {shown}")
END
node main.js >seen
venv/bin/python main.py >>seen
cat seen
diff seen - <<'END'
JavaScript, without a time: now
JavaScript, 2016-12-31T23:59:59Z: 2016-12-31T23:59:59.000Z
JavaScript, 2016-12-31T23:59:60Z: now
Python, without a time: now
Python, 2016-12-31T23:59:59Z: 2016-12-31T23:59:59+00:00
Python, 2016-12-31T23:59:60Z: ValueError
END
