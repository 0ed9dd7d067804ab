# SPDX-License-Identifier: Apache-2.0
"""An outlet in a closed network: the agent enrols and reports through an HTTP proxy that asks for
a password, and can reach the server in no other way (it is told a name that only the proxy
resolves)."""

import base64
import select
import socket
import subprocess
import threading
import unittest

import support
from support import network

USER, PASSWORD = "zhang san", "口令 1"


class ConnectProxy(threading.Thread):
    """Opens tunnels to one address, whatever name is asked for; counts what it was asked."""

    def __init__(self, target):
        super().__init__(daemon=True)
        host, port = target.rsplit(":", 1)
        self.target = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.asked = []
        self.refused = 0
        self.tunnelled = b""

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self, client):
        with client:
            header = b""
            while not header.endswith(b"\r\n\r\n"):
                piece = client.recv(1)
                if not piece:
                    return
                header += piece
            lines = header.decode().split("\r\n")
            self.asked.append(lines[0])
            wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if f"Proxy-Authorization: Basic {wanted}" not in lines:
                self.refused += 1
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                               b"Proxy-Authenticate: Basic realm=\"x\"\r\n\r\n")
                return
            with socket.create_connection(self.target) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self.pump(client, server)

    def pump(self, client, server):
        while True:
            ready, _, _ = select.select([client, server], [], [])
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                self.tunnelled += data
                (server if source is client else client).sendall(data)


class ProxyTest(support.NetworkTest):
    def agent_call(self, agent, *words, stdin=""):
        return subprocess.run([agent.programs.agent, "--data", str(agent.data), *words],
                              input=stdin, capture_output=True, text=True, timeout=60, check=False)

    def test_an_agent_reports_through_a_proxy_with_a_password(self):
        server = self.serve()
        proxy = ConnectProxy(server.agents)
        proxy.start()
        self.addCleanup(proxy.close)
        server.add_outlet("a", "")
        agent = network.Agent(self.programs, server.folder, "a")
        url = f"http://zhang%20san@127.0.0.1:{proxy.port}"

        done = self.agent_call(agent, "proxy", "set", url, stdin="wrong\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        token = server.token("a", True)
        outside = "plumbline.invalid:7443"
        done = self.agent_call(agent, "enroll", "--server", outside, "--token", token)
        self.refused(done, "proxy", "user and password", "407")
        self.assertEqual(done.returncode, 4)
        self.assertEqual(proxy.refused, 1)

        password = self.folder / "password"
        password.write_text(PASSWORD + "\n", encoding="utf-8")
        done = self.agent_call(agent, "proxy", "set", url, "--password-file", str(password))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        done = self.agent_call(agent, "enroll", "--server", outside, "--token", token)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.agent_call(agent, "emit",
                               stdin="".join(map(support.line, map(support.opened, range(20)))))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.send_all(agent)
        self.assertEqual(server.wait_evaluated()["evaluator"]["events"], 20)
        self.assertEqual(set(proxy.asked), {f"CONNECT {outside} HTTP/1.1"})
        self.assertNotIn(b"request.opened", proxy.tunnelled)
        self.assertEqual(self.agent_call(agent, "proxy", "show").stdout.strip(), url)

    def test_what_is_no_proxy_is_told(self):
        server = self.serve(rules=None)
        agent = network.Agent(self.programs, server.folder, "a")
        done = self.agent_call(agent, "proxy", "set", "http://u:secret@127.0.0.1:1")
        self.refused(done, "password on the command line")
        self.assertNotIn("secret", done.stderr)
        # plumbd itself answers no CONNECT.
        self.agent_call(agent, "proxy", "set", f"http://{server.agents}")
        server.add_outlet("a", "")
        done = self.agent_call(agent, "enroll", "--server", "plumbline.invalid:1",
                               "--token", server.token("a", True))
        self.refused(done, "proxy")
        done = self.agent_call(agent, "proxy", "clear")
        self.assertIn("direct", done.stdout)


if __name__ == "__main__":
    unittest.main()
