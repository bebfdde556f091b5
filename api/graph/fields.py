"""Strawberry's decorators with their types kept: fields, mutations, subscriptions, enums."""

from collections.abc import Callable
from typing import TypeVar, cast

import strawberry

F = TypeVar("F", bound=Callable[..., object])


def resolved(description: str) -> Callable[[F], F]:
    """Make a method a field that is worked out when it is asked for."""
    return cast("Callable[[F], F]", strawberry.field(description=description))


def mutation(description: str) -> Callable[[F], F]:
    """Make a method a mutation."""
    return cast("Callable[[F], F]", strawberry.mutation(description=description))


def subscription(description: str) -> Callable[[F], F]:
    """Make a method a subscription."""
    return cast("Callable[[F], F]", strawberry.subscription(description=description))


def value(text: str, description: str) -> str:
    """Give an enum's member its value and description."""
    return cast("str", strawberry.enum_value(text, description=description))
