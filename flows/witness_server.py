"""A C2SP witness over HTTP: `POST /add-checkpoint` and `GET /<origin hash>/checkpoint`, and nothing else.

It stands alone: no database and no scheduler, so that it can run on a machine that knows nothing of the log.
"""

import asyncio
import re
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from events.errors import NguonError
from events.proof.witness import MAX_BODY, Known, Refused
from events.proof.witness_state import WitnessState

BODY_SECONDS = 10
_CONNECTIONS = 256
_HASH = re.compile(r"[0-9a-f]{64}")


def application(state: WitnessState, known: Known) -> Starlette:
    """The witness as an ASGI application."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return _plain(408, "the request did not arrive in time\n")
        if body is None:
            return _plain(413, f"more than {MAX_BODY} bytes\n")
        try:
            line = await run_in_threadpool(state.add_checkpoint, body, known)
        except Refused as refused:
            return _plain(refused.status, refused.body, refused.content_type)
        except (NguonError, OSError):
            return _plain(500, "this witness cannot use its memory and signs nothing\n")
        return _plain(200, f"{line}\n")

    async def checkpoint(request: Request) -> Response:
        wanted = request.path_params["origin_hash"]
        try:
            note = await run_in_threadpool(state.note, wanted) if _HASH.fullmatch(wanted) else None
        except (NguonError, OSError):
            return _plain(500, "this witness cannot use its memory\n")
        return _plain(200, note.encode().decode()) if note else _plain(404, "nothing was cosigned for this log\n")

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{origin_hash}/checkpoint", checkpoint, methods=["GET"]),
        ]
    )


def serve(state: WitnessState, known: Known, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or Ctrl-C, and finish what is under way; `ready` hears the port (0 asks for a free one).

    Raises NguonError `witness_address` when the address can't be had.
    """
    try:
        listening = socket.create_server((host, port), backlog=_CONNECTIONS)
    except (OSError, OverflowError) as failure:
        reason = getattr(failure, "strerror", None) or str(failure)
        raise NguonError("witness_address", host=host, port=port, reason=reason) from None
    config = uvicorn.Config(
        application(state, known),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=BODY_SECONDS,
    )
    with listening:
        ready(listening.getsockname()[1])
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:  # uvicorn hands on the signal that it was stopped by
            return


async def _body(request: Request) -> bytes | None:
    """The body; None where it is longer than any request of the protocol."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _plain(status: int, body: str, content_type: str = "text/plain") -> Response:
    # As bytes with a header of its own: a charset must not be put behind the protocol's type.
    kind = f"{content_type}; charset=utf-8" if content_type == "text/plain" else content_type
    return Response(body.encode(), status, {"Content-Type": kind})
