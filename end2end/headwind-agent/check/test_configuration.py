"""The call for the configuration: how it is asked for, what becomes of each answer, and the move to another server."""

import hashlib
import json

from fake import CONFIGURATION, INFO, LOGS, MINIMAL, RULES, Answer, configuration, ok
from phone import Story


class Configuration(Story):
    def setUp(self):
        super().setUp()
        self.phone.set_up(self.fake.base + "/T")

    def test_the_first_call_is_a_post_with_nulls_and_every_later_one_a_get(self):
        self.phone.call("sync")
        self.phone.call("sync")
        first, second = self.fake.asked(CONFIGURATION)
        self.assertEqual(first.body, b'{"customer":null,"configuration":null,"groups":null,"groupSet":null}')
        self.assertEqual(first.headers["Content-Type"], "application/json; charset=UTF-8")
        self.assertEqual((second.method, second.body), ("GET", b""))

    def test_a_round_asks_for_the_configuration_then_the_rules_and_tells_of_itself_last(self):
        run = self.phone.call("sync")
        self.assertEqual(run.code, 0)
        self.assertEqual(self.paths(), ["POST /T/rest/public/sync/configuration/1", "GET /T/rest/plugins/devicelog/log/rules/1",
                                        "POST /T/rest/public/sync/info"])

    def test_the_information_is_what_the_agents_jackson_writes(self):
        self.fake.answer(CONFIGURATION, configuration(phone="+49", applications=[{"pkg": "com.hmdm.launcher", "name": "Agent"}]))
        self.phone.call("sync", "--serial", "S1", "--battery", "55", "--android-version", "13", "--location", "52.5,13.4")
        info = self.fake.asked(INFO)[0]
        self.assertEqual(info.headers["Content-Type"], "application/json")
        self.assertNotIn("X-Request-Signature", info.headers)
        location = info.json["location"]
        self.assertEqual(info.body.decode(), (
            '{"model":"Pixel 7","permissions":[1,1,1,0],"applications":[{"type":null,"name":"Agent","pkg":"com.hmdm.launcher",'
            '"version":"6.36","code":null,"url":null,"useKiosk":false,"showIcon":false,"remove":false,"runAfterInstall":false,'
            '"runAtBoot":false,"skipVersion":false,"iconText":null,"icon":null,"screenOrder":null,"keyCode":null,"bottom":false,'
            '"longTap":false,"intent":null}],"files":[],"deviceId":"1","phone":"+49","mdmMode":false,"kioskMode":false,'
            '"batteryLevel":55,"androidVersion":"13","location":{"ts":%d,"lat":52.5,"lon":13.4},"launcherType":"opensource",'
            '"launcherPackage":"com.google.android.apps.nexuslauncher","defaultLauncher":false,"cpu":"arm64-v8a","serial":"S1"}'
        ) % location["ts"])

    def test_whatever_is_no_answer_is_a_network_error_after_one_retry(self):
        for answer in [Answer(404), Answer(500), Answer(403, b'{"status":"ERROR","message":"error.notfound.device"}'),
                       Answer(200), Answer(204), Answer(200, b"<html>"), Answer(200, b"null"), Answer(200, b"[]"),
                       ok(None), ok([]), Answer(200, b'{"status":"ERROR","message":"error.internal.server"}')]:
            with self.subTest(answer=(answer.status, answer.body)):
                before = len(self.fake.asked())
                self.fake.answer(CONFIGURATION, answer)
                run = self.phone.call("sync")
                self.assertEqual(run.code, 3)
                self.assertEqual(run.of("retry")[0]["seconds"], 15)
                self.assertEqual(run.of("network-error")[0], {**run.of("network-error")[0], "asked": True, "reset": True})
                self.assertEqual({request.method for request in self.fake.asked()[before:]}, {"POST"})

    def test_a_body_that_cannot_be_read_is_asked_of_the_stand_in_too_and_a_status_is_not(self):
        for answer, calls, refused in [(Answer(200, b"garbage"), 4, []), (Answer(404), 2, [404, 404])]:
            before = len(self.fake.asked())
            self.fake.answer(CONFIGURATION, answer)
            run = self.phone.call("sync")
            self.assertEqual(len(self.fake.asked()) - before, calls)
            self.assertEqual([line["status"] for line in run.of("refused")], refused)

    def test_a_device_that_is_not_found_is_asked_for_its_number_again(self):
        self.phone.call("sync")
        self.fake.answer(CONFIGURATION, Answer(200, b'{"status":"ERROR","message":"error.notfound.device"}'))
        run = self.phone.call("sync")
        self.assertEqual((run.code, run.of("server-error")[0]["asked"]), (2, True))
        self.assertEqual(len(self.fake.asked(RULES)), 1)
        self.assertIn("config", self.phone.shown()["preferences"])

    def test_without_its_server_a_phone_goes_on_with_the_old_configuration(self):
        self.fake.answer(CONFIGURATION, configuration(lock=True), Answer(500))
        self.phone.call("sync")
        run = self.phone.call("sync")
        self.assertEqual((run.code, run.of("network-error")[0]["asked"]), (3, False))
        self.assertEqual((len(run.of("lock")), len(self.fake.asked(INFO))), (1, 2))

    def test_a_new_number_is_used_at_once(self):
        self.fake.answer(CONFIGURATION, configuration(newNumber="new 2"))
        run = self.phone.call("sync")
        self.assertEqual((run.of("number")[0]["from"], run.of("number")[0]["to"]), ("1", "new 2"))
        self.assertEqual(self.fake.asked(RULES)[0].path, "/T/rest/plugins/devicelog/log/rules/new%202")
        self.assertEqual(self.fake.asked(INFO)[0].json["deviceId"], "new 2")
        self.assertNotIn("newNumber", self.phone.shown()["preferences"]["config"])

    def test_what_was_stored_already_has_not_changed(self):
        changed = [self.phone.call("sync").of("configuration")[0]["changed"] for _ in range(2)]
        self.assertEqual(changed, [True, False])

    def test_a_lock_is_a_screen_until_it_goes(self):
        self.fake.answer(CONFIGURATION, configuration(lock=True, lockMessage="Call us"), configuration())
        self.assertEqual(self.phone.call("sync").of("lock")[0]["message"], "Call us")
        self.assertEqual(len(self.phone.call("sync").of("unlock")), 1)
        self.assertEqual(len(self.phone.call("sync").of("unlock")), 0)

    def test_rules_decide_which_lines_are_sent_and_ten_at_a_time(self):
        self.fake.answer(RULES, ok([{"packageId": "com.hmdm.launcher", "logLevel": 3, "filter": "MARK_"}]))
        self.phone.call("sync")
        self.fake.answer(LOGS, Answer(500))
        for line, code in [("marked", 0), ("mark 1", 3)] + [(f"mark {n}", 3) for n in range(2, 12)]:
            self.assertEqual(self.phone.call("log", "--level", "3", line).code, 0 if line == "never" else 3)
        self.phone.call("log", "--level", "4", "mark of a lower level")
        self.fake.answer(LOGS, ok())
        before = len(self.fake.asked(LOGS))
        self.assertEqual(self.phone.call("log", "nothing").code, 0)
        sent = self.fake.asked(LOGS)[before:]
        self.assertEqual([len(batch.json) for batch in sent], [10, 2])
        self.assertEqual(list(sent[0].json[0]), ["timestamp", "logLevel", "packageId", "message"])
        self.assertEqual(sent[0].path, "/T/rest/plugins/devicelog/log/list/1")

    def test_reinstalling_forgets_server_number_and_configuration(self):
        self.phone.call("sync")
        self.phone.call("uninstall")
        self.assertEqual(self.phone.call("sync").code, 64)
        self.phone.call("reinstall")
        self.assertEqual(self.phone.call("sync").of("asked")[0]["for"], "server")
        self.phone.set_up(self.fake.base + "/T")
        self.phone.call("sync")
        self.assertEqual([request.method for request in self.fake.asked(CONFIGURATION)], ["POST", "POST"])


class Moves(Story):
    def setUp(self):
        super().setUp()
        self.phone.set_up(self.fake.base + "/T")
        self.target = self.server()
        self.fake.answer(CONFIGURATION, configuration(newNumber="2", newServerUrl=self.target.base + "/d/secret"))

    def test_a_phone_tries_the_new_server_then_moves_and_asks_there_again(self):
        run = self.phone.call("sync")
        self.assertEqual(self.paths(), ["POST /T/rest/public/sync/configuration/1", "GET /T/rest/plugins/devicelog/log/rules/2"])
        fetch = "GET /d%2Fsecret/rest/public/sync/configuration/2"
        self.assertEqual(self.paths(self.target), [fetch, fetch, "GET /d%2Fsecret/rest/plugins/devicelog/log/rules/2",
                                                   "POST /d%2Fsecret/rest/public/sync/info"])
        self.assertEqual((run.code, run.of("migrated")[0]["project"]), (0, "d/secret"))

    def test_a_server_that_does_not_answer_as_one_is_not_moved_to(self):
        for answer in [Answer(404), Answer(200, b"{}"), Answer(200, b"<html>"), ok(None)]:
            self.target.answer(CONFIGURATION, answer)
            run = self.phone.call("sync")
            self.assertEqual((run.code, len(run.of("migration-failed")), run.of("migrated")), (0, 1, []), answer.body)

    def test_an_empty_answer_there_is_a_crash(self):
        self.target.answer(CONFIGURATION, Answer(204))
        run = self.phone.call("sync")
        self.assertEqual((run.code, run.of("crash")[0]["exception"][:30]), (70, "java.lang.NullPointerException"))

    def test_moves_without_an_end_are_found(self):
        self.target.answer(CONFIGURATION, configuration(newServerUrl=self.fake.base + "/T"))
        run = self.phone.call("sync")
        self.assertEqual((run.code, len(run.of("migrated"))), (70, 11))

    def test_an_address_that_differs_in_case_only_is_the_same(self):
        self.fake.answer(CONFIGURATION, configuration(newServerUrl=self.fake.base + "/t"))
        self.assertEqual(self.phone.call("sync").of("migrated"), [])


class Signed(Story):
    def signed(self, text, data, secret="changeme-C3z9vi54"):
        signature = hashlib.sha1((secret + "".join(data.split())).encode()).hexdigest()
        return Answer(body=(text % data).encode(), headers={"X-Response-Signature": signature})

    def test_a_build_that_checks_takes_what_is_signed_and_has_the_data_last(self):
        self.phone.set_up(self.fake.base + "/T", "1", "--check-signature")
        data = json.dumps({**MINIMAL, "title": "a b"})
        last, first = '{"status":"OK","message":null,"data":%s}', '{"data":%s,"status":"OK"}'
        for answer, code in [(configuration(), 3), (self.signed(last, data, "another"), 3), (self.signed(first, data), 3),
                             (self.signed(last, data), 0)]:
            self.fake.answer(CONFIGURATION, answer)
            self.assertEqual(self.phone.call("sync").code, code, answer.body)
