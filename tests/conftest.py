"""What all tests share: checked packs are kept between tests, in a folder of the project's own; no official lists."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("LICET_CACHE", str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "licet"))
os.environ["LICET_LISTS"] = ""  # never the lists of whoever runs the tests
