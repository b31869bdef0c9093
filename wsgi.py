import gc

from app import create_app, refuse_unfit_database

gc.disable()  # objects made at start stay for good; collecting again and again would take a fifth of the start's time
app = create_app()
refuse_unfit_database(app)
gc.freeze()  # so the collector does not scan them while serving, which would also copy their pages into each worker
gc.enable()
