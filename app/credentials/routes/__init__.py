"""Pages and answers of the code. One blueprint a module."""

from app.credentials.routes import challenges, code, state, uses

blueprints = [code.blueprint, challenges.blueprint, state.blueprint, uses.blueprint]
