"""How the web processes take requests: gunicorn's master, parser and writer, and a worker whose threads never wait for a client."""
