"""How what a person types, or scans, becomes the addresses of calls."""

import hashlib
import json
import subprocess

from fake import CONFIGURATION, INFO, POLL, Answer, configuration
from phone import Story

EXTRAS = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"


class Addresses(Story):
    def first_call(self, typed, number="1"):
        self.phone.set_up(typed, number)
        self.phone.call("sync")
        return self.fake.asked()[0]

    def test_a_token_is_the_first_segment(self):
        self.assertEqual(self.first_call(self.fake.base + "/TOKEN").path, "/TOKEN/rest/public/sync/configuration/1")

    def test_a_slash_in_the_project_goes_out_as_percent_2f(self):
        self.assertEqual(self.first_call(self.fake.base + "/e/TOKEN").path, "/e%2FTOKEN/rest/public/sync/configuration/1")

    def test_one_slash_at_the_end_is_dropped(self):
        self.assertEqual(self.first_call(self.fake.base + "/TOKEN/").path, "/TOKEN/rest/public/sync/configuration/1")

    def test_a_second_slash_at_the_end_is_part_of_the_project(self):
        self.assertEqual(self.first_call(self.fake.base + "/TOKEN//").path, "/TOKEN%2F/rest/public/sync/configuration/1")

    def test_query_and_fragment_are_dropped(self):
        self.assertEqual(self.first_call(self.fake.base + "/TOKEN?a=b#c").path, "/TOKEN/rest/public/sync/configuration/1")

    def test_without_a_project_the_path_begins_with_rest(self):
        self.assertEqual(self.first_call(self.fake.base).path, "/rest/public/sync/configuration/1")

    def test_what_is_encoded_already_is_encoded_again(self):
        self.assertEqual(self.first_call(self.fake.base + "/e%2FTOKEN").path, "/e%252FTOKEN/rest/public/sync/configuration/1")

    def test_a_number_with_blanks_umlauts_and_slashes_stays_one_segment(self):
        call = self.first_call(self.fake.base + "/T", "Büro 1/2?#%")
        self.assertEqual(call.path, "/T/rest/public/sync/configuration/B%C3%BCro%201%2F2%3F%23%25")

    def test_the_signature_is_sha1_in_upper_case_over_secret_and_number(self):
        call = self.first_call(self.fake.base + "/T", "Büro 1")
        expected = hashlib.sha1("changeme-C3z9vi54Büro 1".encode()).hexdigest().upper()
        self.assertEqual(call.headers["X-Request-Signature"], expected)
        self.assertEqual(call.headers["X-CPU-Arch"], "arm64-v8a")

    def test_what_is_no_url_is_refused_by_the_dialog(self):
        for typed in ["phone.example/TOKEN", "ftp://phone.example/TOKEN", ""]:
            run = self.phone.call("set-up", "--server", typed, "--number", "1")
            self.assertEqual((run.code, run.names), (2, ["server-refused"]), typed)

    def test_without_a_server_or_a_number_the_person_is_asked(self):
        self.assertEqual(self.phone.call("sync").of("asked")[0]["for"], "server")
        run = self.phone.call("set-up", "--server", self.fake.base)
        self.assertEqual((run.code, run.of("asked")[0]["for"]), (2, "number"))

    def test_a_root_that_the_phone_trusts_is_needed(self):
        pem = self.folder + "/server.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", pem,
                        "-out", pem + ".crt", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, stderr=subprocess.DEVNULL)
        with open(pem, "a") as file, open(pem + ".crt") as certificate:
            file.write(certificate.read())
        fake = self.server(pem)
        self.phone.set_up(fake.base + "/T")
        self.assertEqual(self.phone.call("sync").code, 3)
        self.assertEqual(fake.asked(), [])
        self.assertEqual(self.phone.call("sync", "--trust", pem + ".crt").code, 0)
        self.assertEqual(fake.asked()[0].path, "/T/rest/public/sync/configuration/1")


class Codes(Story):
    def scan(self, extras, *more):
        return self.phone.call("set-up", "--qr", "-", *more, stdin=json.dumps({EXTRAS: extras}))

    def test_a_scan_takes_base_project_and_number_as_they_are(self):
        run = self.scan({"com.hmdm.BASE_URL": self.fake.base, "com.hmdm.SERVER_PROJECT": "e/T", "com.hmdm.DEVICE_ID": "7"})
        self.assertEqual(run.code, 0)
        self.phone.call("sync")
        self.assertEqual(self.paths()[0], "POST /e%2FT/rest/public/sync/configuration/7")

    def test_the_number_may_be_the_phones_own(self):
        run = self.scan({"com.hmdm.BASE_URL": self.fake.base, "com.hmdm.DEVICE_ID_USE": "serial"}, "--serial", "S123")
        self.assertEqual(run.of("set-up")[0]["number"], "S123")

    def test_customer_configuration_and_groups_are_in_the_first_call(self):
        self.scan({"com.hmdm.BASE_URL": self.fake.base, "com.hmdm.DEVICE_ID": "7", "com.hmdm.CUSTOMER": "c",
                   "com.hmdm.CONFIG": "k", "com.hmdm.GROUP": "a,b"})
        self.phone.call("sync")
        body = {"customer": "c", "configuration": "k", "groups": ["a", "b"], "groupSet": ["a", "b"]}
        self.assertEqual(self.fake.asked(CONFIGURATION)[0].json, body)
        self.assertNotIn("customer", self.phone.shown()["preferences"])

    def test_any_other_code_is_refused(self):
        for code in ["https://phone.example/TOKEN", "{}", json.dumps({EXTRAS: "text"})]:
            self.assertEqual(self.phone.call("set-up", "--qr", "-", stdin=code).names, ["qr-refused"], code)

    def test_a_base_url_with_a_path_sends_a_phone_to_somebody_elses_server(self):
        self.scan({"com.hmdm.BASE_URL": self.fake.base + "/T", "com.hmdm.DEVICE_ID": "7"})
        run = self.phone.call("sync")
        self.assertEqual((run.code, self.fake.asked()), (70, []))
        self.assertIn("app.h-mdm.com", run.of("crash")[0]["what"])

    def test_a_phone_provisioned_as_device_owner_fetches_first_and_updates_then(self):
        self.scan({"com.hmdm.BASE_URL": self.fake.base, "com.hmdm.SERVER_PROJECT": "T", "com.hmdm.DEVICE_ID": "7",
                   "com.hmdm.CONN_RETRY_COUNT": 0}, "--device-owner")
        self.fake.answer(CONFIGURATION, configuration(runDefaultLauncher=...))
        self.assertEqual(self.phone.call("sync").code, 0)
        self.assertEqual([request.method for request in self.fake.asked(CONFIGURATION)], ["POST", "GET"])
        info = self.fake.asked(INFO)[0].json
        self.assertEqual((info["mdmMode"], info["defaultLauncher"], info["launcherPackage"]), (True, True, "com.hmdm.launcher"))

    def test_a_bundle_gives_no_number_for_a_text(self):
        self.scan({"com.hmdm.BASE_URL": self.fake.base, "com.hmdm.DEVICE_ID": "7", "com.hmdm.CONN_RETRY_COUNT": "0"},
                  "--device-owner")
        self.fake.answer(CONFIGURATION, Answer(500))
        run = self.phone.call("sync")
        self.assertEqual((run.code, len(run.of("retry")), self.fake.asked(POLL)), (3, 2, []))


