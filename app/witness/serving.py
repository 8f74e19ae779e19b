"""The witness at an address: two requests, small and in plain HTTP; TLS and the outside are a proxy's work."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.domain.errors import InvalidError
from app.witness.witnessing import LONGEST_REQUEST, TEXT_TYPE, Answer, Witness

_SECONDS = 10.0


class Serving(ThreadingHTTPServer):
    """Serves one witness on an address; ``serve_forever`` runs it, ``shutdown`` ends it."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness):
        self.witness = witness
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "kakunin-witness"
    sys_version = ""
    timeout = _SECONDS
    server: Serving

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._answer(Answer(HTTPStatus.NOT_FOUND, "not here\n"), keep=False)
        elif not length.isascii() or not length.isdigit():
            self._answer(Answer(HTTPStatus.LENGTH_REQUIRED, "say how long it is\n"), keep=False)
        elif int(length) > LONGEST_REQUEST:
            self._answer(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too long\n"), keep=False)
        else:
            self._answer(self._decided(self.rfile.read(int(length))))

    def do_GET(self) -> None:
        parts = self.path.split("/")
        if len(parts) == 3 and parts[2] == "checkpoint":
            self._answer(self.server.witness.checkpoint(parts[1]))
        else:
            self._answer(Answer(HTTPStatus.NOT_FOUND, "not here\n"))

    def _decided(self, body: bytes) -> Answer:
        try:
            return self.server.witness.add_checkpoint(body)
        except (OSError, InvalidError):
            # what it saw last cannot be read or kept: it signs nothing rather than forget
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "what was seen last cannot be read or kept\n")

    def _answer(self, answer: Answer, *, keep: bool = True) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media or TEXT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        if not keep:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a witness keeps what it saw in files."""
