"""A phone of the client under test, with its state in a folder of its own; and the ground that all tests stand on."""

import json
import os
import subprocess
import tempfile
import threading
import time
import unittest

from fake import Fake

CLIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "headwind-agent")
# The agent's pauses are 5 s and more; here they are so many times shorter.
SPEED = "200"


class Run:
    """A command that came to its end: its code and its events."""

    def __init__(self, code, lines):
        self.code = code
        self.events = [json.loads(line) for line in lines]

    def of(self, event):
        """The events of a name."""
        return [line for line in self.events if line["event"] == event]

    @property
    def names(self):
        return [line["event"] for line in self.events]


class Phone:
    def __init__(self, folder):
        self.state = os.path.join(folder, "phone.json")

    def call(self, *arguments, stdin=None):
        """A command to its end."""
        done = subprocess.run([CLIENT, "--state", self.state, "--speed", SPEED, *arguments], input=stdin, text=True,
                              stdout=subprocess.PIPE, timeout=60)
        return Run(done.returncode, done.stdout.splitlines())

    def set_up(self, server, number="1", *more):
        run = self.call("set-up", "--server", server, "--number", number, *more)
        assert run.code == 0, run.events
        return run

    def shown(self):
        return self.call("show").events[0]

    def life(self, *more):
        return Life([CLIENT, "--state", self.state, "--speed", SPEED, *more, "run"])


class Life:
    """A phone that runs until it is stopped."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE)
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self.reader.start()

    def wait(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.02)
        raise AssertionError(f"waited in vain for {what}: {''.join(self.lines[-20:])}")

    def stop(self):
        self.process.terminate()
        code = self.process.wait(20)
        self.reader.join()
        self.process.stdout.close()
        return Run(code, self.lines)


class Story(unittest.TestCase):
    """A server and a phone, new for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.fake = self.server()
        self.phone = Phone(self.folder)

    def server(self, certificate=None):
        fake = Fake(certificate)
        self.addCleanup(fake.close)
        return fake

    def life(self, *more):
        life = self.phone.life(*more)
        self.addCleanup(lambda: life.process.poll() is None and life.process.kill())
        return life

    def paths(self, fake=None):
        return [str(request) for request in (fake or self.fake).asked()]
