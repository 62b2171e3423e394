"""Checks of the training data, the domain and what refers to them; needs neither Rasa nor TensorFlow.

Owns what must hold between data/, domain/, rules, knowledge/readings.yml, knowledge/services and the
actions' names. Does not own what the sentences say (knowledge) or whether the model understands them
(bot.measure).
"""
