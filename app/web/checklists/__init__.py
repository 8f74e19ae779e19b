"""The audience anybody is, once more: reading published checklists, by name and by the hash on a PDF."""

from flask import Blueprint

blueprint = Blueprint("checklists", __name__, url_prefix="/checklists")
