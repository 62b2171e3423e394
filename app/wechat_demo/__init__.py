"""A WeChat platform of our own, for tests and the demo: what the real one documents, and its faults on
demand.

`platform` keeps customers' phones and pushes what they do; `api` answers what our server calls; `phone` is
the page that plays a phone. It shares no code with the channel but the encryption, which the tests check
against a library nobody here wrote.
"""
