"""Pages and responses about the code. Each module has its own blueprint."""

from app.credentials.routes import challenges, code, state, uses

blueprints = [code.blueprint, challenges.blueprint, state.blueprint, uses.blueprint]
