"""A phone that runs: its polls and their pauses, what messages do, and the work that comes by the clock."""

import hashlib
import json
import time

from fake import CONFIGURATION, INFO, LOGS, POLL, REBOOT, RULES, Answer, configuration, ok
from phone import SPEED, Story

SECOND = 1 / float(SPEED)


def messages(*types, payload=None):
    return ok([{"messageType": name, "payload": payload} for name in types], hold=0.05)


class Lives(Story):
    def setUp(self):
        super().setUp()
        self.phone.set_up(self.fake.base + "/e/T", "Nr 1", "--device-owner")

    def begin(self, count=3):
        """A life until so many polls have come."""
        before = len(self.fake.asked(POLL))
        life = self.life()
        life.wait(lambda: len(self.fake.asked(POLL)) >= before + count, f"{count} polls")
        return life

    def polled(self, *answers, count=3):
        self.fake.answer(POLL, *answers)
        return self.begin(count).stop()

    def test_a_poll_is_signed_over_project_and_number(self):
        self.polled(ok([]))
        poll = self.fake.asked(POLL)[0]
        self.assertEqual(str(poll), "GET /e%2FT/rest/notification/polling/Nr%201")
        expected = hashlib.sha1(b"changeme-C3z9vi54e/T/rest/notification/polling/Nr+1").hexdigest().upper()
        self.assertEqual(poll.headers["X-Request-Signature"], expected)

    def test_five_seconds_lie_between_polls_and_a_minute_more_after_a_refusal(self):
        garbage = Answer(200, b"garbage")
        # What cannot be read is asked of the stand-in at once.
        run = self.polled(ok([]), Answer(500), Answer(403), garbage, garbage, Answer(204), ok([]), count=8)
        self.assertEqual([pause["seconds"] for pause in run.of("pause")][:5], [5, 5, 65, 60, 60])
        times = [request.at for request in self.fake.asked(POLL)]
        self.assertGreaterEqual(times[3] - times[2], 65 * SECOND)

    def test_a_changed_configuration_is_fetched_at_once_and_once_for_two_messages(self):
        self.fake.answer(CONFIGURATION, configuration(), configuration(lock=True))
        self.fake.answer(POLL, messages("configUpdated", "configUpdated"), ok([], hold=0.3))
        life = self.begin(3)
        life.wait(lambda: any('"lock"' in line for line in life.lines), "the lock")
        run = life.stop()
        self.assertEqual([line["type"] for line in run.of("message")], ["configUpdated"])
        self.assertEqual((len(self.fake.asked(CONFIGURATION)), len(run.of("lock")), len(self.fake.asked(INFO))), (2, 1, 2))

    def test_a_payload_is_text_and_an_object_loses_the_whole_batch(self):
        broken = ok([{"messageType": "runApp", "payload": "{}"}, {"messageType": "runApp", "payload": {"pkg": "a"}}])
        run = self.polled(broken, broken, messages("runApp", payload=json.dumps({"pkg": "a"})), ok([]), count=4)
        self.assertEqual([line["payload"] for line in run.of("message")], [{"pkg": "a"}])
        self.assertEqual(len(run.of("poll-failed")), 1)

    def test_a_message_without_a_type_loses_those_after_it(self):
        run = self.polled(ok([{"messageType": "a"}, {"payload": "b"}, {"messageType": "c"}]), ok([]))
        self.assertEqual([line["type"] for line in run.of("message")], ["a"])

    def test_polls_stay_with_the_old_server_after_a_move_but_take_the_new_project(self):
        life = self.begin(1)
        target = self.server()
        self.fake.answer(CONFIGURATION, configuration(newServerUrl=target.base + "/new"))
        self.fake.answer(POLL, messages("configUpdated"), ok([], hold=0.1))
        life.wait(lambda: any("/new/" in str(poll) for poll in self.fake.asked(POLL)), "a poll of the new project")
        life.stop()
        self.assertEqual(target.asked(POLL), [])
        self.assertEqual(len({poll.headers["X-Request-Signature"] for poll in self.fake.asked(POLL)}), 1)
        before = len(self.fake.asked())
        again = self.life()
        again.wait(lambda: target.asked(POLL), "a poll of the new server after a new start")
        again.stop()
        self.assertEqual(len(self.fake.asked()), before)

    def test_a_reboot_begins_anew_and_happens_again_until_the_order_goes(self):
        self.fake.answer(CONFIGURATION, configuration(reboot=True), configuration(reboot=True), configuration())
        run = self.polled(ok([]), count=4)
        self.assertEqual((len(run.of("booted")), len(self.fake.asked(REBOOT))), (2, 2))

    def test_a_reboot_by_message_is_not_confirmed(self):
        run = self.polled(messages("reboot"), ok([]))
        self.assertEqual((len(run.of("booted")), self.fake.asked(REBOOT)), (1, []))

    def test_information_comes_every_quarter_of_an_hour_and_a_reserve_every_hour(self):
        begin = time.monotonic()
        life = self.life("--speed", "2000")
        life.wait(lambda: len(self.fake.asked(INFO)) >= 6 and any('"reserve"' in line for line in life.lines), "six, and a reserve")
        reserves = len(life.stop().of("reserve"))
        times = [request.at for request in self.fake.asked(INFO)]
        self.assertGreaterEqual(times[5] - begin, 5 * 900 / 2000)
        self.assertGreaterEqual(len(times) - 1, 2 * reserves)
        self.assertLessEqual(len(self.fake.asked(CONFIGURATION)), 1 + reserves)

    def test_lines_of_the_log_go_out_by_themselves(self):
        self.fake.answer(RULES, ok([{"packageId": "com.hmdm.launcher", "logLevel": 5}]))
        life = self.begin(1)
        life.wait(lambda: self.fake.asked(LOGS), "a line of the log")
        self.assertEqual(life.stop().code, 0)

    def test_a_life_ends_by_the_clock_or_by_a_signal_with_zero(self):
        begin = time.monotonic()
        run = self.phone.call("run", "--for", "1")
        self.assertEqual((run.code, run.names[-1]), (0, "stopped"))
        self.assertGreaterEqual(time.monotonic() - begin, 1)
        self.assertEqual(self.begin(1).stop().code, 0)

    def test_a_crash_ends_a_life(self):
        self.fake.answer(CONFIGURATION, ok({"files": None}))
        self.assertEqual(self.phone.call("run", "--for", "20").code, 70)

    def test_an_unknown_field_in_a_poll_ends_a_life(self):
        self.fake.answer(POLL, ok([{"type": "configUpdated"}]))
        self.assertEqual(self.phone.call("run", "--for", "20").code, 71)
