"""Commands around understanding: parse lines, measure a model on a file of cases, choose its settings.

Run through `baodan nlu …`. Owns the figures and their report. Does not own the pipeline (bot.nlu) or what
must hold of its data (bot.lint).
"""
