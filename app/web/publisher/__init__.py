"""The audience of checklist publishers: bringing versions, looking at them, publishing, withdrawing."""

from flask import Blueprint

from app.domain.people import OrganizationKind

blueprint = Blueprint("publisher", __name__, url_prefix="/publisher")
AGENCY = OrganizationKind.AGENCY
