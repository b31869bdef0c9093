"""Run by `core/limited_start` as `start.py <size in bytes>`. It finds its package by its folder and loads nothing of the app."""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[1]))  # after the standard library, so that no module here shadows it
    import_module("workbook.child").main()
