from tests.scanning.conftest import desk, start_server, telephone

__all__ = ["desk", "start_server", "telephone"]
