"""Where codes are scanned: the API for institutions' systems, a desk for those without one."""

from app.scanning.routes import api, desk

blueprints = [api.blueprint, desk.blueprint]
