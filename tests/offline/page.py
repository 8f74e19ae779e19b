"""The page that verifies in a browser: ``python -m tests.offline.page`` puts the words and the hashes into it."""

import base64
import hashlib
import json
import re
from pathlib import Path

from app.offline import words

PAGE = Path(__file__).parents[2] / "docs" / "verification" / "verify.html"
_CHECKS = ("record", "statement", "entry", "ledger", "sample", "ink", "standing")


def spoken() -> str:
    """Return the words of the verifier that the page speaks, as JSON that may stand in HTML."""
    told = {
        "verdicts": {aspect.value: pair for aspect, pair in words.ASPECTS.items()},
        "checks": {check.value: pair for check, pair in words.CHECKS.items() if check.value in _CHECKS},
        "reasons": words.REASONS,
        "facts": words.FACTS,
        "page": words.PAGE,
    }
    return json.dumps(told, ensure_ascii=False, indent=0).replace("<", "\\u003c")


def finished(text: str) -> str:
    """Return a page with the words of today, and a policy that lets its own script and style in alone."""
    text = re.sub(
        r'(<script type="application/json" id="words">).*?(</script>)',
        lambda m: m[1] + spoken() + m[2],
        text,
        flags=re.S,
    )
    script = re.search(r"<script>(.*?)</script>", text, re.S)
    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert script
    assert style
    policy = (
        f"default-src 'none'; script-src {_hash(script[1])}; style-src {_hash(style[1])}; "
        "base-uri 'none'; form-action 'none'"
    )
    return re.sub(r'(http-equiv="Content-Security-Policy" content=")[^"]*"', lambda m: f'{m[1]}{policy}"', text)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


if __name__ == "__main__":
    PAGE.write_text(finished(PAGE.read_text("utf-8")), "utf-8")
