from app import create_app, refuse_unfit_database

app = create_app()
refuse_unfit_database(app)
