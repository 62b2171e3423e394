"""How messages travel: channels, the numbered log, turns, modes and hand-over, identity step, delivery.

The only room that writes to a customer. Does not decide what the bot says (actions, knowledge) and does not
show anything to specialists (desk); both go through here.
"""
