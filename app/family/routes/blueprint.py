from flask import Blueprint

blueprint = Blueprint("family", __name__)
