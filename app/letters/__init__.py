"""The commitment letter (个人承诺书, S28): text, signature, PDF and the hash that proves it."""
