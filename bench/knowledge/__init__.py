"""How well and how fast the knowledge base answers, without Rasa; see `docs/measurements.md`."""
