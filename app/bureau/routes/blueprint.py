from flask import Blueprint

blueprint = Blueprint("bureau", __name__)
