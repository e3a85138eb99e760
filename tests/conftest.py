"""What all tests share: checked packs are kept between tests, in a folder of the project's own."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("LICET_CACHE", str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "licet"))
