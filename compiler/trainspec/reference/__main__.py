"""`python -m trainspec.reference [DIR]`: write the reference pages into docs/ of a checkout, or into DIR.

Before that, the list of the codes that `lint --fix` fixes, which they and `explain` show.
"""

import sys
from pathlib import Path

from trainspec.reference.fixable import LIST, made_list
from trainspec.reference.pages import PAGES

LIST.write_text(made_list(), encoding="utf-8")
folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "docs"
for name, page in PAGES.items():
    (folder / name).write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {folder / name}\n")
