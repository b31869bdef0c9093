"""The calls that go upward: a lower feature says what happened or asks who knows, and higher ones listen.

A hook is a constant beside the verb that calls it: `on_<what happened>` for a fact, `provide_<what is asked for>` for a question.
It holds no listeners itself: those belong to an app, and features add theirs in `wiring.py`. They run where the hook is called, in
the same transaction and on the same connection, in the order in which they were added. What a listener raises reaches the caller.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Generic, ParamSpec, TypeVar

import click
from flask import Flask, current_app

P = ParamSpec("P")
T = TypeVar("T")


class Hook(Generic[P, T]):
    """name: `feature.on_used`. sentence: what is told or asked, for `flask hooks`."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name, self.sentence = name, sentence

    def listen(self, app: Flask, listener: Callable[P, T]) -> None:
        """From now on, in this app, `listener` is called after those added before it; adding it again changes nothing."""
        known: dict[str, list[Callable[P, T]]] = app.extensions.setdefault("hooks", {})
        added = known.setdefault(self.name, [])
        if listener not in added:
            added.append(listener)

    def listeners(self, app: Flask | None = None) -> Sequence[Callable[P, T]]:
        """In order. app: the current one unless given."""
        known: dict[str, list[Callable[P, T]]] = (app or current_app).extensions.get("hooks", {})
        return known.get(self.name, ())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[T]:
        """What each listener answered, in order."""
        return [listener(*args, **kwargs) for listener in self.listeners()]


def install(app: Flask) -> None:
    app.cli.add_command(_show_hooks)


def list_hooks() -> list[Hook[..., object]]:
    """Every hook of the program, by name, found among the constants of its modules, so that nobody has to keep a list."""
    constants = [held for name, module in list(sys.modules.items()) if name.startswith("app.") for held in vars(module).values()]
    found: dict[str, Hook[..., object]] = {held.name: held for held in constants if isinstance(held, Hook)}
    return [found[name] for name in sorted(found)]


@click.command("hooks")
def _show_hooks() -> None:
    """Shows what features tell and ask each other, and who listens, in the order in which they are called. Needs no database."""
    for hook in list_hooks():
        click.echo(f"{hook.name}\n    {hook.sentence}")
        for listener in hook.listeners():
            click.echo(f"    -> {listener.__module__}.{listener.__qualname__}")
