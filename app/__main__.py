"""Makes `python -m app` the same as `baodan`; the supervisor starts its children this way."""

from app.cli import main

main()
