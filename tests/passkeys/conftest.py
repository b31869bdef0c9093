from tests.activation.conftest import bureau

__all__ = ["bureau"]
