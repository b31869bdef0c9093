"""A help text as the release ships them."""

FILE = """---
title: 手机丢了
keywords: 挂失
source: S80
last_checked: 2023-09-20
position: 3
---

先挂失。
"""
