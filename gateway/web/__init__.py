"""The web channel: the chat protocol over WebSocket and over plain HTTP, for widget, H5 page, CLI and tests."""

from gateway.web.app import public_app

__all__ = ["public_app"]
