from tests.scanning.conftest import desk as desk
from tests.scanning.conftest import start_server as start_server
from tests.scanning.conftest import telephone as telephone
