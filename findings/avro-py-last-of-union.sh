#!/usr/bin/env bash
# avro 1.12.2 (PyPI): a value is written as the last type of a union that can hold it, so booleans
# of a CloudEvent become numbers, and large integers change.
#
# Expected: a union is written as the type that the value has: True as a boolean where there is one,
#   an integer as a long. So does fastavro 1.13.1. What was written is read as it was.
# Seen: the last type of the union that takes the value is written. Python's booleans are integers,
#   too, and integers are taken for doubles. Attributes of CloudEvents in Avro are a union of null,
#   boolean, int, string and bytes, so True becomes the int 1. Their data is one with boolean and
#   double, so True becomes 1.0. In a union of long and double, an integer beyond 2^53 becomes the
#   next one that a double has; where float comes after double, digits are lost.
#
# Why it matters: no error says so, and small integers look right. A consumer in a typed language,
#   or a filter like `BoolEquals`, does not find the boolean; a counter or an identifier is another
#   one. Write with fastavro, or name the narrowest type last in schemas of your own; that of
#   CloudEvents is given. In this project's filters a number is not a boolean (`TRUTH.md` of
#   eventgrid-filters), so an attribute that took this way does not match.
#
# Output:
#   attribute: True: avro writes 1, fastavro True
#   attribute: False: avro writes 0, fastavro False
#   attribute: 5: avro writes 5, fastavro 5
#   attribute: '5': avro writes '5', fastavro '5'
#   data: True: avro writes 1.0, fastavro True
#   data: False: avro writes 0.0, fastavro False
#   long, double: 9007199254740993: avro writes 9007199254740992.0, fastavro 9007199254740993
#   double, float: 0.1: avro writes 0.10000000149011612, fastavro 0.1
#
# It needs Python 3.10 or later.
set -euo pipefail
folder=$(mktemp -d)
export PIP_CACHE_DIR="$folder/pip-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check avro==1.12.2 fastavro==1.13.1
cat >main.py <<'END'
import json
from io import BytesIO

import avro.io
import avro.schema
import fastavro


def by_avro(schema, value):
    written = BytesIO()
    avro.io.DatumWriter(avro.schema.parse(json.dumps(schema))).write(value, avro.io.BinaryEncoder(written))
    return written.getvalue()


def by_fastavro(schema, value):
    written = BytesIO()
    fastavro.schemaless_writer(written, fastavro.parse_schema(schema), value)
    return written.getvalue()


def show(name, schema, *values):
    for value in values:
        read = [fastavro.schemaless_reader(BytesIO(write(schema, value)), schema) for write in (by_avro, by_fastavro)]
        print(f"{name}: {value!r}: avro writes {read[0]!r}, fastavro {read[1]!r}")


show("attribute", ["null", "boolean", "int", "string", "bytes"], True, False, 5, "5")
show("data", ["bytes", "null", "boolean", "double", "string"], True, False)
show("long, double", ["null", "long", "double"], 2**53 + 1)
show("double, float", ["null", "double", "float"], 0.1)
END
venv/bin/python main.py >seen
cat seen
diff seen - <<'END'
attribute: True: avro writes 1, fastavro True
attribute: False: avro writes 0, fastavro False
attribute: 5: avro writes 5, fastavro 5
attribute: '5': avro writes '5', fastavro '5'
data: True: avro writes 1.0, fastavro True
data: False: avro writes 0.0, fastavro False
long, double: 9007199254740993: avro writes 9007199254740992.0, fastavro 9007199254740993
double, float: 0.1: avro writes 0.10000000149011612, fastavro 0.1
END
