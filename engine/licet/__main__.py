"""`python -m licet`: the same as the command."""

import sys

from licet.cli.main import run

sys.exit(run())
