"""Pages of activation, re-binding, a forgotten PIN and a lost phone. One blueprint; each module adds its views."""

from app.activation.routes import completing as completing
from app.activation.routes import lost as lost
from app.activation.routes import pin_change as pin_change
from app.activation.routes import pin_reset as pin_reset
from app.activation.routes import proving as proving
from app.activation.routes import rebinding as rebinding
from app.activation.routes import steps as steps
from app.activation.routes.blueprint import blueprint as blueprint
