"""What the bot may say: products, clauses, guides, law, glossary, settings, wording, and their search.

Owns the texts and the choice between them. Knows nothing of records, conversations or channels.
"""
