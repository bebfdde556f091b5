"""The witness over HTTP (C2SP tlog-witness): `POST /add-checkpoint`, what it cosigned, who it is.

Submission and monitoring have the same prefix.
"""

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from api.rest.body import body_up_to
from api.witness.cosigning import Witness
from api.witness.memory import MemoryLost
from ledger.cosignature import encode_vkey
from ledger.witness import MAX_REQUEST, TEXT_TYPE


def create_app(witness: Witness) -> FastAPI:
    """Build the application; its addresses are below the submission prefix that a log is given."""
    app = FastAPI(title="Suyuan witness", openapi_url=None)
    vkey = encode_vkey(witness.cosigner.verifier)

    @app.head("/")
    @app.get("/")
    def who() -> Response:
        return Response(f"{vkey}\n", media_type=TEXT_TYPE)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        raw = await body_up_to(request, MAX_REQUEST)
        try:
            answer = await run_in_threadpool(witness.add_checkpoint, raw)
        except MemoryLost as error:
            return Response(f"{error}\n", 503, {"Retry-After": "60"}, TEXT_TYPE)
        # As it is: the specification names 409's type, which has no character set.
        headers = {"Content-Type": answer.content_type}
        return Response(answer.body, answer.status, headers)

    @app.head("/{origin_hash}/checkpoint")
    @app.get("/{origin_hash}/checkpoint")
    def checkpoint(origin_hash: str) -> Response:
        note = witness.cosigned(origin_hash)
        if note is None:
            return Response("no checkpoint of such a log was cosigned here\n", 404, None, TEXT_TYPE)
        return Response(note, headers={"Cache-Control": "public, max-age=5"}, media_type=TEXT_TYPE)

    return app
