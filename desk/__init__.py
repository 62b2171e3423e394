"""Where specialists work: the staff HTTP API and its live updates.

Owns log-in, what a specialist sees and may do. Every change of a conversation goes through
`gateway.handover`; nothing here writes to a customer by itself.
"""
