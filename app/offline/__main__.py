"""``python -m app.offline``, and what the packed program starts with."""

import sys

from app.offline.program import main

if __name__ == "__main__":
    sys.exit(main())
