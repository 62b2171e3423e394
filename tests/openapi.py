"""Holds an API to its OpenAPI document: every route stands in it, and every body fits its schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "openapi"


class Document:
    """One OpenAPI document of the repository."""

    def __init__(self, name: str) -> None:
        self._content: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))

    def operations(self) -> set[tuple[str, str]]:
        """All (method, path) of the document."""
        return {
            (method.upper(), path)
            for path, item in self._content["paths"].items()
            for method in item
            if method in ("get", "post", "put", "delete")
        }

    def path_of(self, method: str, path: str) -> str:
        """The path of the document that an address belongs to; one without parameters goes first."""
        fitting = [
            known
            for known_method, known in self.operations()
            if known_method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path)
        ]
        assert fitting, f"{method} {path} stands nowhere in the document"
        return min(fitting, key=lambda known: known.count("{"))

    def check(self, method: str, path: str, status: int, body: Any) -> None:
        """Fails when the body of a response is not what the document says."""
        responses = self._content["paths"][path][method.lower()]["responses"]
        response = self._resolve(responses.get(str(status)) or responses["default"])
        schema = response["content"]["application/json"]["schema"]
        validator = Draft202012Validator(
            {**schema, "components": self._content["components"]}, format_checker=FormatChecker()
        )
        problems = [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(body)]
        assert not problems, f"{method} {path} {status}: {problems}"

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        found: Any = node
        while "$ref" in found:
            target: Any = self._content
            for key in found["$ref"].removeprefix("#/").split("/"):
                target = target[key]
            found = target
        return dict(found)


def routes(app: web.Application) -> set[tuple[str, str]]:
    """All (method, path) an application serves as API; pages and the catch-all are left out."""
    found = set()
    for route in app.router.routes():
        resource = route.resource
        path = resource.canonical if resource is not None else ""
        if route.method in ("GET", "POST", "PUT", "DELETE") and path not in ("", "/", "/{rest}"):
            found.add((route.method, path))
    return found
