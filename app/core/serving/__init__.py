"""How the web processes take requests: gunicorn's master, parser and writer, and a worker whose threads wait for no client."""
