"""Notes with a history, in Django, in one file. Run it with `python django_app.py runserver` beside `kdelta start`."""

import json
import os
import sys
from functools import cache
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from koru_delta import KoruDelta, KoruDeltaError

settings.configure(
    SECRET_KEY=os.environ.get("SECRET_KEY", "only for the example"),
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1", "testserver"],
    MIDDLEWARE=[f"{__name__}.told"],
)
django.setup()


@cache
def notes() -> KoruDelta:
    """One client for all threads of a process, made when it is first needed: so also after a server has forked."""
    url = os.environ.get("KDELTA_URL", "http://127.0.0.1:7878")
    return KoruDelta.connect(url, key=os.environ.get("KDELTA_API_KEY"))


class told:
    """Makes responses of errors. Each knows its status; its detail is written for people."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, KoruDeltaError):
            return None
        return JsonResponse({"code": error.code, "detail": error.detail}, status=error.http_status)


def note(request: HttpRequest, key: str) -> HttpResponse:
    """Reads a note, now or at a moment such as -10m; writes it; deletes it."""
    if request.method == "PUT":
        version = notes().put("notes", key, json.loads(request.body))
        return JsonResponse({"version": version.version})
    if request.method == "DELETE":
        notes().delete("notes", key)
        return HttpResponse(status=204)
    return JsonResponse(notes().get_or_raise("notes", key, at=request.GET.get("at")), safe=False)


def history(request: HttpRequest, key: str) -> HttpResponse:
    """What a note was when, the newest first."""
    versions = notes().history("notes", key, limit=100)
    return JsonResponse([{"when": each.timestamp, "deleted": each.deleted} for each in versions], safe=False)


urlpatterns = [path("notes/<key>", note), path("notes/<key>/history", history)]
application = WSGIHandler()

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
