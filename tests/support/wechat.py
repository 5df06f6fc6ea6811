"""WeChat's side of a service account on this machine: it answers, and fails, as documented.

    with wechat() as it:
        settings.MULIN_WECHAT_API = settings.MULIN_WECHAT_DOOR = it.url
        it.answers["/cgi-bin/message/template/send"].append(45009)

Passes are lent as `stable_token` lends them: the same until it ends or a new one is forced. A
repeated `client_msg_id` shows nothing a second time.
"""

import json
import threading
from collections import defaultdict, deque
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.outside import Outside, answering

APP_ID, SECRET = "wx0123456789abcdef", "f" * 32
SEND = "/cgi-bin/message/template/send"
SUBSCRIBED = "/cgi-bin/message/subscribe/bizsend"
TOKEN = "/cgi-bin/stable_token"
WHO = "/sns/oauth2/access_token"
INFO = "/cgi-bin/user/info"


class WeChat(Outside):
    """What it was asked, what it showed on phones, and what it answers next.

    `answers[path]` holds how the next questions there are met: an error code; "drop" (cut without
    an answer), "slow" (too late), "drip" (an answer that never ends), "garbage" (no JSON), 502.
    """

    def __init__(self):
        super().__init__()
        self.answers = defaultdict(deque)
        self.asked = []
        self.shown = []
        self.codes = {}
        self.followers = set()
        self.strangers = set()
        self.lent = []
        self._kept = set()
        self._lock = threading.Lock()

    # what a test says ----------------------------------------------------------------------

    def code_for(self, open_id):
        """A code with which this user comes back; it is good once."""
        code = f"code{len(self.codes)}"
        self.codes[code] = open_id
        return code

    def end_pass(self):
        """The pass ends before its time."""
        self.lent.append(None)

    def questions(self, path):
        return [body for asked, body in self.asked if asked == path]

    # what it does --------------------------------------------------------------------------

    def meet(self, handler):
        size = int(handler.headers.get("Content-Length", 0))
        body = json.loads(handler.rfile.read(size)) if size else None
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            self.asked.append((parts.path, body if body is not None else query))
            told = self.answers[parts.path].popleft() if self.answers[parts.path] else None
        if told == "drop":
            handler.close_connection = True
            handler.connection.close()
        elif told == "slow":
            self._released.wait(30)
        elif told == "drip":
            self.drip(handler)
        elif told == "garbage":
            self._say(handler, b"<html>busy</html>")
        elif told in {500, 502, 503}:
            handler.send_response(told)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        elif parts.path == "/connect/oauth2/authorize":
            self._send_back(handler, query)
        else:
            with self._lock:
                answer = (
                    {"errcode": told, "errmsg": "as told rid: 1"}
                    if told is not None
                    else self._answer(parts.path, query, body)
                )
            self._say(handler, json.dumps(answer).encode())

    def _answer(self, path, query, body):
        match path:
            case "/cgi-bin/stable_token":
                return self._lend(body)
            case "/sns/oauth2/access_token":
                return self._who(query)
        if not self.lent or query.get("access_token") != self.lent[-1]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        match path:
            case "/cgi-bin/user/info":
                return {
                    "openid": query["openid"],
                    "subscribe": int(query["openid"] in self.followers),
                }
            case "/cgi-bin/message/template/send" | "/cgi-bin/message/subscribe/bizsend":
                return self._show(path, body)
        return {"errcode": 40066, "errmsg": "invalid url"}

    def _lend(self, body):
        if body["appid"] != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if body["secret"] != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if not self.lent or self.lent[-1] is None or body["force_refresh"]:
            self.lent.append(f"pass{len(self.lent)}")
        return {"access_token": self.lent[-1], "expires_in": 7200}

    def _who(self, query):
        if (query["appid"], query["secret"]) != (APP_ID, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        open_id = self.codes.get(query["code"], "nobody")
        if open_id == "nobody":
            return {"errcode": 40029, "errmsg": "invalid code"}
        if open_id is None:
            return {"errcode": 40163, "errmsg": "code been used"}
        self.codes[query["code"]] = None
        made_up = {"is_snapshotuser": 1} if open_id in self.strangers else {}
        return {
            "access_token": "own",
            "expires_in": 7200,
            "openid": open_id,
            "scope": "snsapi_base",
        } | made_up

    def _show(self, path, body):
        if body["touser"] not in self.followers:
            code = 43004 if path == SEND else 43101
            return {"errcode": code, "errmsg": "require subscribe"}
        if not all(field["value"] for field in body["data"].values()):
            return {"errcode": 47003, "errmsg": "argument invalid"}
        once = (body["touser"], body.get("client_msg_id"))
        if once[1] is None or once not in self._kept:
            self.shown.append(body)
        self._kept.add(once)
        return {"errcode": 0, "errmsg": "ok", "msgid": 9000 + len(self.shown)}

    def _send_back(self, handler, query):
        """The phone's owner is one follower: nothing is asked of them (`snsapi_base`)."""
        code = self.code_for(min(self.followers))
        address = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        handler.send_response(302)
        handler.send_header("Location", address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _say(self, handler, content):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


def wechat():
    """A running WeChat."""
    return answering(WeChat())
