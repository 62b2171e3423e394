"""What the bot can do: custom actions, one module per customer act, run inside the gateway's turn.

Owns the generic service form and what each intent answers. Does not own wording (`domain/`), facts
(`knowledge/`), storage (`records/`) or sending messages (`gateway/`).
"""
