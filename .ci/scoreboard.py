"""Check that the first run ended with exit code 1 and the scoreboard that the README shows."""

import sys
from pathlib import Path

code, output = sys.argv[1], sys.stdin.read().splitlines()
shown = (Path(__file__).parents[1] / "README.md").read_text().split("```text\n")[1].split("```")[0].splitlines()
missing = [line for line in shown if line.strip() and line not in output and not line.startswith("sandbox:")]
if code != "1" or missing or not shown:
    print(f"exit code {code}, expected 1; lines of the README's scoreboard that the run did not print:")
    print("\n".join(missing))
    sys.exit(1)
print("\n".join(shown))
print("exit code 1 and the scoreboard are as the README says")
