"""A request's body, read no further than it may go."""

from fastapi import Request


async def body_up_to(request: Request, most: int) -> bytes:
    """Read a body; of one that is longer than `most` bytes no more than shows it to be."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            break
    return bytes(raw)
