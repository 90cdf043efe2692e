"""Compares the JUnit reports of the emulator and of the control, and fails unless they differ as they should."""

import sys
from xml.etree import ElementTree

# Of the pinned version of the SDK, so that a test that is no longer found is noticed.
PASS, SKIPPED = 103, 5


def outcomes(report):
    """Each test with its outcome, and the requests that it made of the control."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        outcome = next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "passed")
        requests = next((int(p.get("value")) for p in case.iter("property") if p.get("name") == "requests"), 0)
        found[f"{case.get('classname')}.{case.get('name')}"] = (outcome, requests)
    return found


def main():
    emulator, control = (outcomes(report) for report in sys.argv[1:])
    passed = {test for test, (outcome, _) in emulator.items() if outcome == "passed"}
    skipped = {test for test, (outcome, _) in emulator.items() if outcome == "skipped"}
    unreached = {test for test in passed if control[test] == ("passed", 0)}
    told_apart = {test for test in passed if control[test][0] != "passed"}

    print("these never reach a server:")
    for file in sorted({test.split(".")[0] for test in unreached}):
        names = sorted(test.split(".", 1)[1] for test in unreached if test.startswith(f"{file}."))
        print(f"  {file}: {', '.join(names)}")
    print("these pass with the emulator and fail with the control:")
    for test in sorted(told_apart):
        print(f"  {test}")
    print(f"emulator: {len(passed)} passed, {len(skipped)} skipped by the SDK, of {len(emulator)}")
    print(f"{len(unreached)} of them never reach a server; {len(told_apart)} tell the emulator and the control apart")

    assert emulator.keys() == control.keys(), "both ran the same tests"
    assert (len(passed), len(skipped), len(emulator)) == (PASS, SKIPPED, PASS + SKIPPED)
    assert told_apart, "a server that always responds with 200 passes too, so these tests prove nothing"


main()
