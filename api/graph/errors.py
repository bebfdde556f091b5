"""Errors of a request, in both languages, and the mask over those that are ours.

A refusal of the trade's rules is no error: it is a member of a mutation's result.
"""

import logging

from graphql import GraphQLError
from strawberry.extensions import MaskErrors
from typing_extensions import override

from api.errors import Problem, not_taken
from ledger.outcome import Busy, WriteFailed

_log = logging.getLogger(__name__)


class Mistaken(GraphQLError):
    """The request asks for what can't be given; `code` is stable, both sentences say what to do."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        """Say it in both languages."""
        super().__init__(f"{zh} {en}", extensions={"code": code, "messageZh": zh, "messageEn": en})


def too_deep() -> Mistaken:
    """Say that the parser itself gave up."""
    return Mistaken(
        "too-deep", "查询嵌套太深，请拆成几个查询。",
        "The query nests too deep; ask in several queries.",
    )  # fmt: skip


def sign_in_first() -> Mistaken:
    """Say that this is not for the public."""
    return Mistaken(
        "not-signed-in", "请先登录，或带上令牌。", "Sign in first, or send a token."
    )  # fmt: skip


def not_yours() -> Mistaken:
    """Say that this is not for who is signed in."""
    return Mistaken(
        "not-yours", "您的身份看不了、办不了这一项。", "This is not for your party."
    )  # fmt: skip


def of_problem(problem: Problem) -> Mistaken:
    """Say in GraphQL what is a problem over HTTP."""
    return Mistaken(problem.code, problem.zh, problem.en)


def try_again(error: Busy | WriteFailed) -> Mistaken:
    """Say that nothing was recorded, and that the same may be sent again."""
    problem = not_taken(error)
    mistaken = Mistaken(problem.code, problem.zh, problem.en)
    if mistaken.extensions is not None:
        mistaken.extensions["retryAfter"] = int(problem.headers["Retry-After"])
    return mistaken


def is_ours(error: GraphQLError) -> bool:
    """Tell whether an error is the server's fault, so that its text is nobody's business."""
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


class Mask(MaskErrors):
    """Shows what a client did wrong, and of our own faults only that there was one."""

    def __init__(self) -> None:
        """Mask only what is ours."""
        super().__init__(should_mask_error=is_ours)

    @override
    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """Give what is shown in an error's place, and log the error itself."""
        if isinstance(error.original_error, RecursionError):
            return too_deep()
        _log.error("a GraphQL request failed", exc_info=error.original_error)
        return GraphQLError(
            "服务器出错了，已记录，请稍后再试。 The server failed; it is logged. Try again later.",
            nodes=error.nodes, source=error.source, positions=error.positions, path=error.path,
            extensions={"code": "internal"},
        )  # fmt: skip
