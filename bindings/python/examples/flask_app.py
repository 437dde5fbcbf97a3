"""Notes with a history, in Flask. Run it with `flask --app flask_app run` beside `kdelta start`."""

import os
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from koru_delta import KoruDelta, KoruDeltaError


def create_app(db: KoruDelta | None = None) -> Flask:
    """An application with a client that all its threads share. A test gives its own."""
    app = Flask(__name__)
    url = os.environ.get("KDELTA_URL", "http://127.0.0.1:7878")
    notes = db or KoruDelta.connect(url, key=os.environ.get("KDELTA_API_KEY"))

    @app.errorhandler(KoruDeltaError)
    def failed(error: KoruDeltaError) -> ResponseReturnValue:
        return jsonify(code=error.code, detail=error.detail), error.http_status

    @app.put("/notes/<key>")
    def write(key: str) -> ResponseReturnValue:
        version = notes.put("notes", key, request.get_json(), actor=request.headers.get("X-User"))
        return jsonify(version=version.version)

    @app.get("/notes/<key>")
    def read(key: str) -> ResponseReturnValue:
        return jsonify(notes.get_or_raise("notes", key, at=request.args.get("at")))

    @app.delete("/notes/<key>")
    def delete(key: str) -> ResponseReturnValue:
        notes.delete("notes", key)
        return "", 204

    @app.post("/notes/<key>/undo")
    def undo(key: str) -> ResponseReturnValue:
        notes.revert("notes", key)
        return jsonify(notes.get("notes", key))

    @app.get("/notes")
    def search() -> ResponseReturnValue:
        found: dict[str, Any] = {
            each.key: each.value for each in notes.list("notes", prefix=request.args.get("prefix"))
        }
        return jsonify(found)

    return app
