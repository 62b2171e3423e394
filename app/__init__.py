"""What starts it all: settings, composition, the command line `baodan` and the supervisor of its processes.

Owns which processes run, where they listen and where their state lies (`var/`). Does not own what any of them
does: the rooms below are wired here and know nothing of each other's start-up.
"""
