"""The first gate: every view carries who may open it, and a view without that does not open.

The policy is attached to the view itself; the hook calls it, the access test reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.domain.errors import NotAllowedError
from app.domain.people import Actor, OrganizationKind
from app.domain.permissions import Permission, may
from app.web.protection import SAFE, write_now

View = TypeVar("View", bound=Callable[..., object])
MEGABYTE = 2**20


@dataclass(frozen=True)
class Access:
    """Who may open a view, and how large a body it takes (bytes).

    ``permission`` None with ``signed_in`` means any member; neither means everybody. With ``takes_file``
    members may send, besides, one file as large as the settings allow.
    """

    signed_in: bool
    kind: OrganizationKind | None = None
    permission: Permission | None = None
    largest_body: int = 2 * MEGABYTE
    takes_file: bool = False


def _attach(access: Access) -> Callable[[View], View]:
    def attach(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return attach


def everybody(*, largest_body: int = 2 * MEGABYTE) -> Callable[[View], View]:
    """Open a view to everybody, signed in or not."""
    return _attach(Access(signed_in=False, largest_body=largest_body))


def any_member() -> Callable[[View], View]:
    """Open a view to every signed-in member of any organization."""
    return _attach(Access(signed_in=True))


def member(
    kind: OrganizationKind, permission: Permission, *, largest_body: int = 2 * MEGABYTE, takes_file: bool = False
) -> Callable[[View], View]:
    """Open a view to members of one kind of organization who hold a permission."""
    return _attach(Access(True, kind, permission, largest_body, takes_file))


def actor() -> Actor:
    """Return who acts in this request; only views for members may ask."""
    person: Actor | None = g.get("actor")
    if person is None:
        raise NotAllowedError("sign_in")
    return person


def measure() -> None:
    """Say how large the body may be, before anything reads it."""
    access: Access | None = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    if access is not None:
        file = current_app.extensions["settings"].largest_file * MEGABYTE if access.takes_file and g.actor else 0
        request.max_content_length = access.largest_body + file


def check_access() -> Response | WerkzeugResponse | None:
    """Stand before every request: unknown addresses pass to 404, everything else needs a policy."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    access: Access | None = getattr(view, "access", None)
    if access is None:
        raise NotAllowedError("no_policy")
    if request.method not in SAFE:
        # it has arrived whole by now: a slow sender kept nobody else from writing
        write_now()
    if not access.signed_in:
        return None
    person: Actor | None = g.get("actor")
    if person is None:
        return redirect(url_for("account.sign_in", next=request.full_path if request.method == "GET" else None))
    if access.kind is not None and person.kind is not access.kind:
        raise NotAllowedError("other_kind")
    if access.permission is not None and not may(person, access.permission):
        raise NotAllowedError("no_permission", permission=access.permission.value)
    return None


def init_measure(app: Flask) -> None:
    """Put the measure in front of everything that reads a form."""
    app.before_request(measure)


def init(app: Flask) -> None:
    """Put the gate in front of every view."""
    app.before_request(check_access)
