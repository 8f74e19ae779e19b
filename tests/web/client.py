"""The strictest user: refuses malformed pages, duplicate ids, missing headings and missing headers."""

import html
import re
import warnings
from collections import Counter
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.world import PASSWORD

_HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "X-Frame-Options",
)
_TOKEN = re.compile(r'name="csrf_token"\s+value="([^"]+)"')


class StrictClient(FlaskClient):
    """Looks at everything it is given before the test does."""

    language = "en"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("headers", {})
        if isinstance(kwargs["headers"], dict):
            kwargs["headers"].setdefault("Accept-Language", self.language)
        session = self.application.extensions.get("session of the test")
        if session is not None:
            session.commit()
            session.expire_all()
        response = super().open(*args, **kwargs)
        self._look(response)
        return response

    def _look(self, response: TestResponse) -> None:
        missing = [name for name in _HEADERS if name not in response.headers]
        assert not missing, f"{response.request.path} lacks {missing}"
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 308}:
            check_page(response.text, response.request.path)

    def sign_in(self, code: str, name: str) -> "StrictClient":
        """Sign a person of the world in through the door."""
        page = self.get("/sign-in")
        data = {"email": f"{name}@{code}.example.jp", "password": PASSWORD, "next": "/"}
        answer = self.post("/sign-in", data=data | {"csrf_token": token(page)})
        assert answer.status_code == 302, answer.text
        return self

    def press(self, address: str, data: dict[str, Any] | None = None, *, on: str | None = None) -> TestResponse:
        """Post a form with the token of the page ``on``, or of the first page that has one."""
        page = self.get(on or "/confirm")
        return self.post(address, data={"csrf_token": token(page), **(data or {})})


def token(page: TestResponse) -> str:
    """Return the CSRF token of a page."""
    found = _TOKEN.search(page.text)
    assert found, f"{page.request.path} has no token: {page.status_code}"
    return html.unescape(found[1])


def check_page(text: str, path: str) -> None:
    """Refuse a page that is not well-formed HTML with one heading and distinct ids."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
        tree = parser.parse(text)
    errors = [error for _, error, _ in parser.errors]
    if errors:
        line = parser.errors[0][0][0]
        raise AssertionError(f"{path}: {errors[:3]} {text.splitlines()[line - 1][:200]!r}")
    ids = Counter(node.get("id") for node in tree.iter() if node.get("id"))
    assert all(number == 1 for number in ids.values()), f"{path}: {[i for i, n in ids.items() if n > 1]}"
    assert len(tree.findall(".//h1")) == 1, f"{path} has not one h1"
    assert tree.get("lang") in {"ja", "en"}
    title = tree.find(".//title")
    assert title is not None, f"{path} has no title"
    assert (title.text or "").strip(" –"), f"{path} has no title"
