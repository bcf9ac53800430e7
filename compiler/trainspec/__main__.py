"""`python -m trainspec`."""

import sys

from trainspec.cli import main

sys.exit(main())
