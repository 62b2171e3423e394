"""What the insurer keeps: policies, requests, claims, complaints, audit; and messages and conversations.

Owns the database models, their migrations and queries on them. Knows nothing of channels, Rasa or wording.
"""
