"""WeChat's flat XML, read without DTDs or entities and written without a way to break out of a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gateway.channels.wechat.crypto import XML, Refused

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(text: str) -> dict[str, str]:
    """The fields of the root element; Refused when it is no plain XML. Nested ones are named
    `Outer.Inner`."""
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, UnicodeError) as error:
        raise Refused(XML, f"XML: {type(error).__name__}") from error
    fields: dict[str, str] = {}
    for child in root:
        fields[child.tag] = (child.text or "").strip() if len(child) else (child.text or "")
        for inner in child:
            fields[f"{child.tag}.{inner.tag}"] = inner.text or ""
    return fields


def write(fields: Mapping[str, str | int]) -> str:
    """`<xml>` with the fields; texts as CDATA, numbers plain."""
    inside = "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>"


def _value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return f"<![CDATA[{_ILLEGAL.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"
