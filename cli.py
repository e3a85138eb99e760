"""Run licet from a checkout, without installing it: `python cli.py evaluate order.json`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "engine"))
from licet.cli.main import run

sys.exit(run())
