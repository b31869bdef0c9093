"""The gate: `python -m tests.gate`, which `make test` and `make check` run. Arguments are handed on to pytest."""

import sys

from tests.gate.gate import pass_gate

sys.exit(pass_gate(sys.argv[1:]))
