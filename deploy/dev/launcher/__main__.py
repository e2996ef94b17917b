"""Entry of deploy/dev/run, stop, start and tests/run; called by path, so it finds its package."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from launcher import commands, suite  # noqa: E402

if sys.argv[1] == "tests":
    sys.exit(suite.main(sys.argv[2:]))
sys.exit(commands.main(sys.argv[1:]))
