"""The audience of a research institution: registering, filling, reviewing, attesting."""

from flask import Blueprint

from app.domain.people import OrganizationKind

blueprint = Blueprint("institution", __name__)
INSTITUTION = OrganizationKind.INSTITUTION
