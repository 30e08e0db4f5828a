"""Run the command line: ``python -m nblabel``."""

from __future__ import annotations

import sys

from nblabel.cli import main

if __name__ == "__main__":
    sys.exit(main())
