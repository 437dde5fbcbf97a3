"""Notes with a history, in FastAPI. Run it with `uvicorn fastapi_app:app` beside `kdelta start`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from koru_delta import AsyncKoruDelta, Conflict, KoruDeltaError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    url = os.environ.get("KDELTA_URL", "http://127.0.0.1:7878")
    async with AsyncKoruDelta.connect(url, key=os.environ.get("KDELTA_API_KEY")) as db:
        app.state.db = db
        yield


app = FastAPI(lifespan=lifespan)


def database(request: Request) -> AsyncKoruDelta:
    return request.app.state.db


Database = Annotated[AsyncKoruDelta, Depends(database)]


@app.exception_handler(KoruDeltaError)
async def failed(_: Request, error: KoruDeltaError) -> JSONResponse:
    """Each error knows its status; its detail is written for people."""
    return JSONResponse({"code": error.code, "detail": error.detail}, error.http_status)


@app.put("/notes/{key}")
async def write(
    key: str, note: dict[str, Any], db: Database, if_match: Annotated[str | None, Header()] = None
) -> dict[str, str]:
    """Writes a note; with If-Match, only when nobody else did since that version."""
    try:
        version = await db.put("notes", key, note, **({"if_version": if_match} if if_match else {}))
    except Conflict as conflict:
        raise HTTPException(412, {"now": conflict.facts["currentValue"]}) from conflict
    return {"version": version.version}


@app.get("/notes/{key}")
async def read(key: str, db: Database, at: str | None = None) -> Any:
    """A note, now or at a moment such as -10m."""
    return await db.get_or_raise("notes", key, at=at)


@app.get("/notes/{key}/history")
async def history(key: str, db: Database) -> list[dict[str, Any]]:
    """What a note was when, the newest first."""
    return [{"when": each.timestamp, "note": each.value or None} async for each in db.history("notes", key, limit=100)]
