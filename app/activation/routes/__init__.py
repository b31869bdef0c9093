"""Pages of activation, re-binding, a forgotten PIN and a lost phone. One blueprint; each module adds its views."""

from app.activation.routes import completing, lost, pin_change, pin_reset, proving, rebinding, steps
from app.activation.routes.blueprint import blueprint

__all__ = ["blueprint", "completing", "lost", "pin_change", "pin_reset", "proving", "rebinding", "steps"]
