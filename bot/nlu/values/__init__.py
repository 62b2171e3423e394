"""What an entity says, in one written form: `三千二` is `3200`, `上个月15号` a date of the calendar.

Owns the forms; every other room reads the value and not the words. Does not own where an entity begins and
ends (bot.nlu.patterns, the trained extractor). A form that names no single value (`十几万`) stays in words.
"""

from bot.nlu.values.normal import Products, value_of

__all__ = ["Products", "value_of"]
