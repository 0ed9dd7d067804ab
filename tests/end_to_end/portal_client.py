# SPDX-License-Identifier: Apache-2.0
"""A client of the portal's API for the tests that need one."""

import http.cookiejar
import json
import urllib.error
import urllib.request


class Browser:
    """Asks the portal as a browser does: with its cookies, and the header on what changes."""

    def __init__(self, server):
        self.root = server.http
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, path, method="GET", body=None):
        """(status, answer) with the answer as JSON; None without a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data=data, method=method,
                                         headers={"X-Plumbline": "1"})
        try:
            with self.opener.open(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
            error.close()
        return status, json.loads(text) if text else None

    def sign_in(self, **body):
        return self.ask("/api/v1/session", "POST", body)
