"""Pages that several people open one after another, each seen by the checkers of `looks`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser as Chromium

from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.looks import faults_in_all_looks, html_errors
from tests.kit.visitors import cookies_of


def faults_on_walks(app: Flask, chromium: Chromium, walks: Iterable[tuple[Browser, Sequence[str]]], folder: Path) -> list[str]:
    """walks: whose cookies, and the addresses they open. folder: for the pages, which the HTML checker reads in one run."""
    found: list[str] = []
    seen: list[str] = []
    files: list[Path] = []
    with serve(app) as address:
        for browser, paths in walks:
            with phone(chromium, device_scale_factor=1, service_workers="block") as context:
                context.add_cookies(cookies_of(browser, address))
                page = context.new_page()
                for path in paths:
                    page.goto(address + path)
                    found += [f"{path} {fault}" for fault in faults_in_all_looks(page)]
                    files.append(folder / f"{len(files)}.html")
                    files[-1].write_text(browser.get(path).html)
                    seen.append(path)
    return found + [f"{seen[number]}: {error}" for number, error in html_errors(files)]
