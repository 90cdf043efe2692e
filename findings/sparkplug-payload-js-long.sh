#!/usr/bin/env bash
# sparkplug-payload 1.0.3 (npm): where @azure/service-bus 7.9.5 is installed with it, -5 as Int64 is
# read as 18446744073709551611, and a UInt32 as an object.
#
# Expected: what a payload of Sparkplug is read as is up to the payload and to sparkplug-payload. A
#   package that is installed for something else, and that the program never loads, changes nothing.
# Seen: protobufjs looks for a package `long` when the program runs, and finds the one at the top of
#   node_modules. sparkplug-payload makes a number signed if it is an instance of its own `long`, of
#   version 4. @azure/service-bus needs version 5. npm puts that at the top if both are installed at
#   once, as from a package.json without a lock file, and the numbers are of another class. Added
#   later, it goes below, and all is well on the machine of whoever added it. In each case, only
#   sparkplug-payload is loaded by the program.
#
# Why it matters: a bridge from Sparkplug to Azure has both packages. A value below zero becomes a
#   huge one with a new installation, and no error says so. As JSON, such a number is an object.
#   Turn every Long into a number or text before it becomes the data of an event, with methods that
#   both versions have: `toSigned()` for Int64, `toNumber()` for UInt32.
#
# Output:
#   alone
#     Int64 -5: object -5
#     Int64 5: object 5
#     UInt32 4294967295: number 4294967295
#   with @azure/service-bus added
#     Int64 -5: object -5
#     Int64 5: object 5
#     UInt32 4294967295: number 4294967295
#   with @azure/service-bus from the start
#     Int64 -5: object 18446744073709551611
#     Int64 5: object 5
#     UInt32 4294967295: object 4294967295
#     Int64 -5, as JSON: {"low":-5,"high":-1,"unsigned":true}
#     Int64 -5, toSigned: -5
#
# It needs Node.js 20 or later with npm.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(npm install --silent --no-audit --no-fund --ignore-scripts)
cat >main.js <<'END'
const { decodePayload, encodePayload } = require("sparkplug-payload").get("spBv1.0");

function read(type, value) {
  const payload = encodePayload({ timestamp: 1717243200000, seq: 0, metrics: [{ name: "m", type, value }] });
  return decodePayload(payload).metrics[0].value;
}

for (const [type, value] of [["Int64", -5], ["Int64", 5], ["UInt32", 4294967295]]) {
  console.log(`  ${type} ${value}: ${typeof read(type, value)} ${read(type, value)}`);
}
if (process.argv[2]) {
  console.log(`  Int64 -5, as JSON: ${JSON.stringify(read("Int64", -5))}`);
  console.log(`  Int64 -5, toSigned: ${read("Int64", -5).toSigned()}`);
}
END
mkdir one-by-one at-once
echo '{"private":true}' | tee one-by-one/package.json >at-once/package.json
(cd one-by-one && "${install[@]}" sparkplug-payload@1.0.3 && cp ../main.js . && echo alone && node main.js) >seen
(cd one-by-one && "${install[@]}" @azure/service-bus@7.9.5 &&
  echo "with @azure/service-bus added" && node main.js) >>seen
(cd at-once && "${install[@]}" @azure/service-bus@7.9.5 sparkplug-payload@1.0.3 && cp ../main.js . &&
  echo "with @azure/service-bus from the start" && node main.js all) >>seen
cat seen
diff seen - <<'END'
alone
  Int64 -5: object -5
  Int64 5: object 5
  UInt32 4294967295: number 4294967295
with @azure/service-bus added
  Int64 -5: object -5
  Int64 5: object 5
  UInt32 4294967295: number 4294967295
with @azure/service-bus from the start
  Int64 -5: object 18446744073709551611
  Int64 5: object 5
  UInt32 4294967295: object 4294967295
  Int64 -5, as JSON: {"low":-5,"high":-1,"unsigned":true}
  Int64 -5, toSigned: -5
END
