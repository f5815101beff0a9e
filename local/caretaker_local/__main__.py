"""`python -m caretaker_local`: see cli.py for the commands."""

import sys

from caretaker_local.cli import main

sys.exit(main())
