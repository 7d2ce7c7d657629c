"""What would crash the agent on a real phone, and what it would pass over: both end the run."""

from fake import CONFIGURATION, INFO, POLL, RULES, Answer, configuration, ok
from phone import Story


class Harm(Story):
    def setUp(self):
        super().setUp()
        self.phone.set_up(self.fake.base + "/T")

    def sync(self, *more, **fields):
        self.fake.answer(CONFIGURATION, configuration(**fields))
        return self.phone.call("sync", *more)

    def test_a_null_for_a_list_is_a_crash_and_a_missing_list_is_not(self):
        for name in ["files", "applications"]:
            self.fake.answer(CONFIGURATION, ok({"pushOptions": "polling", name: None}))
            run = self.phone.call("sync")
            self.assertEqual((run.code, run.names[-1]), (70, "crash"), name)
            self.assertEqual(self.sync(**{name: ...}).code, 0)
        self.fake.answer(CONFIGURATION, ok({"pushOptions": "polling", "applicationSettings": None, "actions": None}))
        self.assertEqual(self.phone.call("sync").code, 0)

    def test_an_installed_app_without_a_version_is_a_crash(self):
        app = {"pkg": "com.hmdm.launcher", "url": self.fake.base + "/files/a.apk"}
        self.assertEqual(self.sync(applications=[app]).names[-1], "crash")
        self.assertEqual(self.sync(applications=[{**app, "version": "0"}]).code, 0)

    def test_an_empty_password_takes_the_screen_lock_away(self):
        run = self.sync("--device-owner", passwordReset="")
        self.assertEqual((run.code, run.of("password-reset")[0]["password"]), (70, ""))

    def test_a_field_that_the_agent_does_not_know_ends_the_run(self):
        run = self.sync(kioskmode=False, files=[{"path": "a", "sha256": "b"}])
        self.assertEqual(run.code, 71)
        self.assertEqual({line["field"] for line in run.of("unknown-field")}, {"data.kioskmode", "data.files.0.sha256"})
        self.assertEqual(self.phone.call("sync", "--lenient").code, 0)

    def test_unknown_fields_are_found_in_rules_too(self):
        self.fake.answer(RULES, ok([{"packageId": "a", "level": 3}]))
        self.assertEqual(self.phone.call("sync").code, 71)

    def test_ids_of_files_are_known_to_the_agent_which_passes_over_them(self):
        self.assertEqual(self.sync(files=[{"id": 5}]).code, 0)

    def test_types_are_taken_as_jackson_takes_them(self):
        run = self.sync(lock="true", keepaliveTime="90", permissive=None, title=5)
        config = run.of("configuration")[0]["config"]
        self.assertEqual((config["lock"], config["keepaliveTime"], config["permissive"], config["title"]), (True, 90, False, "5"))
        self.assertEqual(self.sync("--by-hand", lock="yes").code, 3)

    def test_without_push_options_the_hourly_reserve_is_dead(self):
        self.fake.answer(CONFIGURATION, configuration(pushOptions=...))
        self.phone.call("sync")
        life = self.life()
        life.wait(lambda: any("worker-failed" in line for line in life.lines), "the worker's failure")
        self.assertEqual((life.stop().code, self.fake.asked(POLL)), (0, []))

    def test_information_fails_as_a_worker_where_it_crashes_as_a_task(self):
        self.fake.answer(CONFIGURATION, ok({"files": None}))
        self.phone.call("sync")
        run = self.phone.call("info")
        self.assertEqual((run.code, run.names[0], self.fake.asked(INFO)), (3, "worker-failed", []))

    def test_a_setting_without_its_value_fails_after_it_was_stored(self):
        run = self.sync(applicationSettings=[{"packageId": "a", "name": "b", "variable": True}])
        self.assertEqual(run.code, 3)
        self.assertIn("config", self.phone.shown()["preferences"])

    def test_anything_but_json_of_the_right_shape_is_no_configuration(self):
        for body in [b'{"status":"OK","data":[]}', b'{"status":"OK","data":{"files":{}}}', b'{"status":"OK"']:
            self.fake.answer(CONFIGURATION, Answer(200, body))
            self.assertEqual(self.phone.call("sync").code, 3, body)
