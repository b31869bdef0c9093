from tests.activation.conftest import bureau as bureau
