from app.family.routes.blueprint import blueprint

__all__ = ["blueprint"]
