"""What `core/limited_start` runs: `start.py <size in bytes>`. Its package is found by its folder; nothing of the app is loaded."""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[1]))  # behind the standard library, whose names stay its own
    import_module("workbook.child").main()
