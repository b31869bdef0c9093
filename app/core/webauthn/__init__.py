"""Passkeys of every kind: `site` says how we identify ourselves, `challenges` what must be signed next, `options` what the browser
is told, and `keys` reads and checks what the authenticator answered and keeps the key.
"""
