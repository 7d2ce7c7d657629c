"""A server of Headwind's protocol that answers what a test tells it to, and keeps what it was asked."""

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONFIGURATION = "public/sync/configuration/"
RULES = "plugins/devicelog/log/rules/"
LOGS = "plugins/devicelog/log/list/"
INFO = "public/sync/info"
POLL = "notification/polling/"
RESET = "plugins/devicereset/public/"
REBOOT = "plugins/devicereset/public/reboot/"
PASSWORD = "plugins/devicereset/public/password/"

MINIMAL = {"pushOptions": "polling", "permissive": True, "runDefaultLauncher": True, "requestUpdates": "stop", "title": "none",
           "applications": [], "files": [], "applicationSettings": [], "actions": []}


class Answer:
    """A status, a body as bytes, and headers; held back for some seconds."""

    def __init__(self, status=200, body=b"", headers=None, hold=0):
        self.status, self.body, self.headers, self.hold = status, body, headers or {}, hold


def ok(data=None, **more):
    """The envelope around data."""
    return Answer(body=json.dumps({"status": "OK", "message": None, "data": data}).encode(), **more)


def configuration(**fields):
    """The smallest configuration that harms no phone, with these fields set, or without those that are set to ... (Ellipsis)."""
    data = {**MINIMAL, **fields}
    return ok({name: value for name, value in data.items() if value is not ...})


class Request:
    """What came: the path as it was sent, byte for byte."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body, self.at = method, path, headers, body, time.monotonic()

    @property
    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.method} {self.path}"


class Quiet(ThreadingHTTPServer):
    """Clients that are stopped leave their connections as they are: that is no fault."""

    daemon_threads = True

    def handle_error(self, *_):
        pass


class Fake:
    """Answers by what follows "/rest/" in the path; of several answers the last is for all further calls."""

    def __init__(self, certificate=None):
        self.requests = []
        self.answers = {CONFIGURATION: [configuration()], RULES: [Answer(404)], LOGS: [ok()], INFO: [ok()],
                        POLL: [ok([], hold=0.05)], RESET: [ok()], REBOOT: [ok()], PASSWORD: [ok()]}
        self.lock = threading.Lock()
        self.httpd = Quiet(("127.0.0.1", 0), self._handler())
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def base(self):
        return f"{self.scheme}://127.0.0.1:{self.httpd.server_port}"

    def answer(self, where, *answers):
        """What is answered there from now on: under /rest/, or at a whole path that begins with a slash."""
        with self.lock:
            self.answers[where] = list(answers)

    def asked(self, where=None):
        """The requests so far, all of them or those of one place."""
        with self.lock:
            return [request for request in self.requests if where is None or self._place(request.path) == where]

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()

    def _place(self, path):
        if path in self.answers:
            return path
        _, found, rest = path.partition("/rest/")
        fitting = [place for place in self.answers if found and rest.startswith(place)]
        return max(fitting, key=len, default=None)

    def _next(self, request):
        with self.lock:
            self.requests.append(request)
            answers = self.answers.get(self._place(request.path), [Answer(404)])
            answer = answers[0] if len(answers) == 1 else answers.pop(0)
            return answer(request) if callable(answer) else answer

    def _handler(fake):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = fake._next(Request(self.command, self.path, self.headers, body))
                time.sleep(answer.hold)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = _serve

            def log_message(self, *_):
                pass

        return Handler
