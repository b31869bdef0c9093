"""Passkeys of every kind: `site` is as whom we ask, `challenges` what must be signed next, `options` what the browser is told,
`keys` reads and checks what the authenticator answered and keeps the key.
"""
