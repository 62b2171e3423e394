"""Understanding: tokens, features, intents and entities of one Chinese message.

Owns the pipeline's own components; every span they give is in characters of the text as typed. Does not own
what the values mean to the insurer (knowledge, records).
"""
