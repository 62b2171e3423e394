"""One spelling for matching."""

import re
import unicodedata


def normalise(text: str) -> str:
    """Full width to half width, lower case, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
