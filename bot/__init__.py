"""The Rasa side: NLU components, the stateless turn channel, training and the data lint.

Owns how words become intents and entities, and how one turn runs through Rasa without leaving anything
behind. Does not own what the bot does (actions), what it says (domain, knowledge) or any record; it imports
no other room.
"""
