"""`make engines`: every engine through every journey, with the half minute a code really has; then the matrix.

Arguments are handed on to pytest. A run of all engines writes docs/browsers.md, one of some only prints.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.engines.engines import ENGINES
from tests.engines.journeys import JOURNEYS
from tests.engines.matrix import DOCUMENT, as_table, read_columns, with_table


def main(arguments: list[str]) -> int:
    """pytest's exit code."""
    with tempfile.TemporaryDirectory(prefix="pz-engines-") as folder:
        command = [sys.executable, "-m", "pytest", "-n", "2", "tests/engines", *arguments]
        status = subprocess.run(command, env={**os.environ, "ENGINES_RESULTS": folder}, check=False).returncode
        columns = read_columns(Path(folder), ENGINES)
    table = as_table(columns, [journey.name for journey in JOURNEYS])
    print(table)
    if not arguments:
        DOCUMENT.write_text(with_table(DOCUMENT.read_text(), table))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
