from app.documents.routes import pages, uploads

blueprints = [pages.blueprint, uploads.blueprint]
