"""Names of parties compared, and looked up in lists, whatever their spelling, script, word order and legal form.

`NameIndex(entries).search(name)` finds, `compare(a, b)` compares two, `explained(match)` tells people why.
"""

from licet.names.compare import compare
from licet.names.explain import explained
from licet.names.index import NameIndex
from licet.names.model import Aligned, Found, Match, Named, Score
from licet.names.settings import DEFAULT, Settings

__all__ = ["DEFAULT", "Aligned", "Found", "Match", "NameIndex", "Named", "Score", "Settings", "compare", "explained"]
