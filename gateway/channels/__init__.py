"""Channels that are written to rather than connected to: whoever is not looking gets what was said pushed.

`port` says what such a channel must be able to do, `accounts` who is at the other end, `delivery` how a
message goes out once. The web channel needs none of this: a browser reads the log itself.
"""
