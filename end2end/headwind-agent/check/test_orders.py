"""Factory reset, reboot and password; files and apps."""

import hashlib

from fake import CONFIGURATION, INFO, PASSWORD, REBOOT, RESET, Answer, configuration
from phone import Story

APK = b"PK\x03\x04 an app"


class Orders(Story):
    def setUp(self):
        super().setUp()
        self.phone.set_up(self.fake.base + "/T", "1", "--device-owner", "--serial", "S1")

    def sync(self, *more, **fields):
        self.fake.answer(CONFIGURATION, configuration(**fields))
        return self.phone.call("sync", *more)

    def test_a_phone_reboots_only_when_the_server_has_taken_the_confirmation(self):
        for status, reboots in [(404, 0), (500, 0), (200, 1), (204, 1)]:
            self.fake.answer(REBOOT, Answer(status))
            self.assertEqual(len(self.sync(reboot=True).of("reboot")), reboots, status)
        confirmation = self.fake.asked(REBOOT)[0]
        self.assertEqual(confirmation.path, "/T/rest/plugins/devicereset/public/reboot/1")
        self.assertEqual((confirmation.json["serial"], "factoryReset" in confirmation.json), ("S1", False))

    def test_a_phone_is_wiped_only_when_the_server_has_taken_the_confirmation(self):
        self.fake.answer(RESET, Answer(500))
        self.assertEqual(self.sync(factoryReset=True).of("order-refused")[0]["why"], "not confirmed")
        self.fake.answer(RESET, Answer(200))
        run = self.sync(factoryReset=True)
        self.assertEqual((run.code, run.names[-1]), (0, "wiped"))
        confirmation = self.fake.asked(RESET)[0]
        self.assertEqual((confirmation.path, confirmation.json["factoryReset"]), ("/T/rest/plugins/devicereset/public/1", True))
        self.assertFalse(self.phone.shown()["installed"])

    def test_a_password_is_changed_before_it_is_confirmed_and_whatever_is_answered(self):
        self.fake.answer(PASSWORD, Answer(500))
        run = self.sync(passwordReset="1234")
        self.assertEqual((run.code, run.of("password-reset")[0]["done"], run.of("password-confirmed")[0]["sent"]), (0, True, False))
        self.assertLess(run.names.index("password-reset"), run.names.index("password-confirmed"))
        self.assertEqual(self.fake.asked(PASSWORD)[0].path, "/T/rest/plugins/devicereset/public/password/1")

    def test_orders_come_in_their_order_and_before_the_information(self):
        self.fake.answer(RESET, Answer(500))
        self.fake.answer(REBOOT, Answer(500))
        self.sync(factoryReset=True, reboot=True, passwordReset="1234")
        places = [request.path.partition("/rest/")[2] for request in self.fake.asked()][2:]
        self.assertEqual(places, [RESET + "1", REBOOT + "1", PASSWORD + "1", INFO])

    def test_without_the_right_nothing_happens_though_it_is_confirmed(self):
        self.phone.call("reinstall")
        self.phone.state += ".other"
        self.phone.set_up(self.fake.base + "/T", "1", "--permissions", "0,1,1,0")
        run = self.sync(factoryReset=True, reboot=True)
        self.assertEqual([refused["why"] for refused in run.of("order-refused")], ["no right to"] * 2)
        self.assertFalse(self.fake.asked(RESET)[0].json["factoryReset"])

    def test_only_an_administrator_before_android_14_wipes_without_being_the_owner(self):
        for version, wiped in [("14", 0), ("13", 1)]:
            self.phone.state += version
            self.phone.set_up(self.fake.base + "/T", "1", "--android-version", version)
            self.assertEqual(len(self.sync(factoryReset=True).of("wiped")), wiped)


class Downloads(Story):
    def setUp(self):
        super().setUp()
        self.phone.set_up(self.fake.base + "/T", "1", "--device-owner")
        self.fake.answer("/files/a.apk", Answer(200, APK))

    def sync(self, **fields):
        self.fake.answer(CONFIGURATION, configuration(**fields))
        return self.phone.call("sync")

    def app(self, **more):
        return {"pkg": "com.example.a", "name": "A", "version": "1.2", "url": self.fake.base + "/files/a.apk", **more}

    def test_an_app_is_fetched_with_a_signature_installed_and_told_of(self):
        run = self.sync(applications=[self.app()])
        install = run.of("install")[0]
        self.assertEqual((install["sha256"], install["asked"]), (hashlib.sha256(APK).hexdigest(), False))
        call = self.fake.asked("/files/a.apk")[0]
        self.assertEqual(call.headers["X-Request-Signature"], hashlib.sha1(b"changeme-C3z9vi54a.apk").hexdigest().upper())
        self.assertEqual(call.headers["Accept-Encoding"], "identity")
        self.assertEqual(self.fake.asked(INFO)[0].json["applications"][0]["version"], "1.2")
        self.assertEqual(self.sync(applications=[self.app()]).of("install"), [])

    def test_a_newer_version_is_fetched_and_an_older_one_is_not(self):
        self.sync(applications=[self.app()])
        for older in ["1.1", "1"]:
            self.assertEqual(self.sync(applications=[self.app(version=older)]).of("install"), [], older)
        self.assertEqual(len(self.sync(applications=[self.app(version="1.10")]).of("install")), 1)
        self.assertEqual(len(self.sync(applications=[self.app(version="1.10", remove=True)]).of("uninstall")), 1)

    def test_only_the_status_200_is_a_download(self):
        for status in [201, 204, 206, 404]:
            self.fake.answer("/files/a.apk", Answer(status, b"" if status == 204 else APK))
            run = self.sync(applications=[self.app()])
            self.assertEqual((run.code, run.of("install"), len(run.of("download-failed"))), (0, [], 1), status)
            self.assertEqual(run.names[-1], "info")

    def test_what_cannot_be_installed_is_not_fetched_again_in_the_background(self):
        self.fake.answer("/files/a.apk", Answer(200, b"no app"))
        self.sync(applications=[self.app()])
        self.assertEqual(len(self.sync(applications=[self.app()]).of("download-skipped")), 1)
        self.assertEqual(len(self.fake.asked("/files/a.apk")), 1)

    def test_a_file_is_fetched_once_and_again_when_the_servers_is_newer(self):
        self.fake.answer("/other/f", Answer(200, b"for DEVICE_NUMBER"))
        file = {"path": "/f.txt", "url": self.fake.base + "/other/f", "lastUpdate": 5, "checksum": "never compared", "varContent": True}
        run = self.sync(files=[file])
        self.assertEqual(run.of("file")[0]["sha256"], hashlib.sha256(b"for 1").hexdigest())
        self.assertNotIn("X-Request-Signature", self.fake.asked("/other/f")[0].headers)
        self.assertEqual(self.sync(files=[file]).of("file"), [])
        self.assertEqual(len(self.sync(files=[{**file, "lastUpdate": 6}]).of("file")), 1)
        self.assertEqual(self.fake.asked(INFO)[-1].json["files"][0]["checksum"], "never compared")
        self.assertEqual(self.sync(files=[{**file, "remove": True}]).of("file")[0]["removed"], True)
