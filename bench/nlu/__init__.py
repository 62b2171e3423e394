"""Ways of understanding side by side: ours and others, on the same phrases, split and machine.

Owns the contestants and the table. The figures of a contestant are bot.measure's; nothing here runs in the
product.
"""
