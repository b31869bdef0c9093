import gc

from app import create_app, refuse_unfit_database

gc.disable()  # what a start makes stays for good: to look through it again and again is a fifth of the time it takes
app = create_app()
refuse_unfit_database(app)
gc.freeze()  # nor is it looked through while it serves, or copied into each worker by that
gc.enable()
