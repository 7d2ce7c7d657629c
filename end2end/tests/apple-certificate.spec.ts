// The APNs certificate: from nothing to a valid one by three steps, who waits for it, its renewal, and its export.
import { expect, test, type Page } from "@playwright/test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeApple, OTHER, TOPIC } from "./fakeapple";
import { IPHONE, World, problems, ready } from "./world";

let world: World;
let apple: FakeApple;

test.beforeEach(async () => {
  world = await new World().start();
  apple = new FakeApple();
});

test.afterEach(() => {
  world.stop();
  apple.stop();
});

async function open(page: Page) {
  await page.goto(`${world.base}/settings`);
  await ready(page);
  await page.getByRole("link", { name: "Apple", exact: true }).click();
  await expect(page.getByRole("heading", { name: "iPhone and iPad" })).toBeFocused();
}

/** The place where files for a step are dropped. */
type Zone = "vendor" | "answer" | "have" | "sign";
const zone = (page: Page, name: Zone) => page.locator(`#apl-${name}-files`);
const form = (page: Page, name: Zone) => page.locator("form.apl-upload").filter({ has: zone(page, name) });
const files = (...names: string[]) => names.map((name) => apple.path(name));

/** Drops a file as a hand does, from the desktop. */
async function drop(page: Page, name: "answer" | "have", file: string) {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name));
      return transfer;
    },
    [file, apple.text(file)],
  );
  await form(page, name).locator(".drop").dispatchEvent("drop", { dataTransfer: data });
}

async function download(page: Page, name: string, to: string): Promise<string> {
  const started = page.waitForEvent("download");
  await page.getByRole("link", { name }).or(page.getByRole("button", { name })).click();
  const path = join(apple.folder, to);
  await (await started).saveAs(path);
  return path;
}

test("three steps lead from nothing to a certificate, and who waited is told", async ({ page, browser }) => {
  const faults = problems(page);
  await world.mailServer();
  world.people("Anna Petrova,anna@northwind.example,\nBoris Hahn,boris@northwind.example,\n");
  const [{ link }] = world.json("invite", "anna@northwind.example", "--print-link");
  await world.signUp(page);

  // Anna opens the link on her iPhone too early.
  const phone = await browser.newContext({ userAgent: IPHONE, viewport: { width: 390, height: 844 } });
  const hers = await phone.newPage();
  const told = hers.waitForResponse((answer) => answer.url().endsWith("/opened"));
  await hers.goto(link);
  expect((await told).status()).toBe(204);
  await page.goto(`${world.base}/dashboard`);
  await ready(page);
  const line = page.getByRole("listitem").filter({ hasText: "iPhones and iPads cannot be connected yet" });
  await expect(line).toContainText("1 person waits");
  await line.getByRole("link", { name: "Show them" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Anna Petrova" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Boris Hahn" })).toBeHidden();

  await open(page);
  await expect(page.getByText("No certificate yet")).toBeVisible();
  await expect(page.getByText("1 person waits with an iPhone or iPad.")).toBeVisible();
  await page.getByRole("button", { name: "Make the request" }).click();
  await expect(page.getByText("It waits for Apple’s answer.")).toBeVisible();
  const csr = await download(page, "Download the request (.csr)", "muster.csr");
  expect(apple.openssl("req", "-in", csr, "-noout", "-subject")).toContain("Muster");

  // The vendor's certificate first without its chain, then whole.
  apple.certificate("vendor", "/CN=MDM Vendor: Northwind/O=Northwind/C=DE");
  await zone(page, "vendor").setInputFiles(files("vendor.pem", "vendor.key"));
  await form(page, "vendor").getByRole("button", { name: "Upload" }).click();
  await expect(form(page, "vendor").getByRole("alert")).toContainText("The certificate of Fake Application Integration is missing");
  await zone(page, "vendor").setInputFiles(files("chain.pem"));
  await form(page, "vendor").getByRole("button", { name: "Upload" }).click();
  await expect(page.getByText("MDM Vendor: Northwind, until")).toBeVisible();
  const signed = await download(page, "Download the signed request", "signed.plist");
  expect(Buffer.from(readFileSync(signed, "utf8"), "base64").toString()).toContain("PushCertSignature");

  // What is no answer is refused with its reason; the answer itself is dropped.
  apple.certificate("web", "/CN=www.northwind.example");
  await zone(page, "answer").setInputFiles(files("web.pem"));
  await form(page, "answer").getByRole("button", { name: "Upload" }).click();
  await expect(form(page, "answer").getByRole("alert")).toContainText("www.northwind.example");
  await form(page, "answer").getByRole("button", { name: "Clear" }).click();
  apple.answer(csr, "answer");
  await drop(page, "answer", "answer.pem");
  await form(page, "answer").getByLabel("Apple account").fill("it@northwind.example");
  await form(page, "answer").getByRole("button", { name: "Upload" }).click();
  await expect(page.getByText("Valid for 19 more days")).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: TOPIC })).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: "it@northwind.example" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Renew" })).toBeVisible();

  await page.goto(`${world.base}/dashboard`);
  await ready(page);
  await expect(page.getByText("The APNs certificate ends in 19 days.")).toBeVisible();
  await page.getByRole("button", { name: "Tell them it works now" }).click();
  await expect(page.getByText("1 message goes out again, with the same link.")).toBeVisible();
  await expect(page.getByText("It works now.")).toBeHidden();
  const mail = await world.mail(1);
  expect(mail.text).toContain(link);
  expect(mail.text.replace(/\s+/g, " ")).toContain("It works now: you can connect your iPhone or iPad.");
  await hers.reload();
  await expect(hers.getByRole("list").getByText("Profile Downloaded").first()).toBeVisible();
  expect(faults).toEqual([]);
  await phone.close();
});

test("what is odd about a vendor certificate stays to be read, and an address that no iPhone takes is named", async ({ page }) => {
  await world.signUp(page);
  const stranger = new FakeApple(process.env, "Somebody");
  stranger.certificate("vendor", "/CN=MDM Vendor: Northwind/O=Northwind/C=DE");
  await open(page);
  await zone(page, "vendor").setInputFiles(["vendor.pem", "vendor.key", "chain.pem"].map((name) => stranger.path(name)));
  await form(page, "vendor").getByRole("button", { name: "Upload" }).click();
  await expect(page.getByText("MDM Vendor: Northwind, until")).toBeVisible();
  await expect(form(page, "vendor")).toBeHidden();
  await expect(page.getByRole("status").filter({ hasText: "Fake Root CA" })).toBeVisible();
  stranger.stop();

  apple.push("first");
  world.muster("apple", "cert", "upload", apple.path("first.pem"), "--key", apple.path("first.key"));
  world.muster("settings", "set", "public_url", "http://muster.example.org");
  for (const path of ["/dashboard", "/settings/apple"]) {
    await page.goto(`${world.base}${path}`);
    await ready(page);
    await expect(page.getByText("they take an address that begins with https://")).toBeVisible();
  }
});

test("a certificate with another topic is refused until the number of devices is typed; the key leaves behind a password", async ({ page }) => {
  const faults = problems(page);
  await world.signUp(page);
  world.people("Anna Petrova,anna@northwind.example,\n");
  const [{ link }] = world.json("invite", "anna@northwind.example", "--print-link");
  apple.push("first");
  apple.push("other", OTHER);
  apple.legacy("first", "geheim");
  await open(page);

  // From elsewhere: PKCS#12 of an old program, with its password.
  await zone(page, "have").setInputFiles(files("first.p12"));
  const have = form(page, "have");
  await have.getByRole("button", { name: "Upload" }).click();
  await expect(have.getByRole("alert")).toContainText("The file is behind a password");
  await have.getByLabel("Password of the .p12 file").fill("geheim");
  await have.getByRole("button", { name: "Upload" }).click();
  await expect(page.getByText("Valid for 19 more days")).toBeVisible();
  world.agent("phone", "apple", "--allow-http", "enroll", link);

  await zone(page, "have").setInputFiles(files("other.pem", "other.key"));
  await have.getByRole("button", { name: "Upload" }).click();
  await expect(have.getByRole("alert")).toContainText("It is for another topic");
  await expect(have.getByRole("alert")).toContainText("1 connected Apple device would be cut off for good");
  const cut = have.getByRole("button", { name: "Cut them off" });
  await expect(cut).toBeDisabled();
  await have.getByLabel("How many devices are cut off").fill("2");
  await expect(cut).toBeDisabled();
  expect(world.json("apple", "cert", "status").certificate.topic).toBe(TOPIC);
  await have.getByLabel("How many devices are cut off").fill("1");
  await cut.click();
  await expect(page.getByRole("definition").filter({ hasText: OTHER })).toBeVisible();
  await expect(have.getByRole("status")).toContainText("1 Apple device was cut off");
  // Which one shows in the list; the former certificate brings it back, and would cut nobody off.
  const reasons = () => world.json("devices", "list").map((device: { reasons: string[] }) => device.reasons);
  expect(JSON.stringify(reasons())).toContain("cut_off");
  world.muster("apple", "cert", "upload", files("first.pem")[0], "--key", files("first.key")[0], "--cut-off", "0");
  expect(JSON.stringify(reasons())).not.toContain("cut_off");
  world.muster("apple", "cert", "upload", files("other.pem")[0], "--key", files("other.key")[0], "--cut-off", "1");

  await page.getByLabel("Apple account", { exact: true }).first().fill("it@northwind.example");
  await page.locator("form").filter({ has: page.locator("#apl-account") }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("definition").filter({ hasText: "it@northwind.example" })).toBeVisible();

  await page.getByLabel("Password for the file").fill("long enough");
  await download(page, "Download .p12", "out.p12");
  apple.openssl("pkcs12", "-in", "out.p12", "-passin", "pass:long enough", "-nodes", "-out", "back.pem");
  expect(apple.text("back.pem")).toContain("PRIVATE KEY");

  await page.goto(`${world.base}/audit?about=settings`);
  await ready(page);
  await expect(page.getByText("Exported the APNs certificate with its key")).toBeVisible();
  await expect(page.getByText("Uploaded an APNs certificate").first()).toBeVisible();
  expect(faults).toEqual([]);
});

test("profiles get a signature of one's own, which openssl verifies, and lose it again", async ({ page, browser }) => {
  const faults = problems(page);
  world.people("Anna Petrova,anna@northwind.example,\n");
  apple.push("first");
  world.muster("apple", "cert", "upload", ...files("first.pem"), "--key", apple.path("first.key"));
  const [{ link }] = world.json("invite", "anna@northwind.example", "--print-link");
  await world.signUp(page);
  apple.certificate("tls", "/CN=muster.northwind.example");
  const phone = await browser.newContext({ userAgent: IPHONE });
  const fetched = async (name: string) => writeFileSync(apple.path(name), await (await phone.request.get(`${link}/profile`)).body());
  const verify = (name: string) => apple.openssl("cms", "-verify", "-inform", "DER", "-in", name, "-CAfile", "root.pem", "-purpose", "any");

  await open(page);
  await expect(page.getByText("Profiles are signed by Muster’s own authority")).toBeVisible();
  await fetched("own.cms");
  expect(() => verify("own.cms")).toThrow();

  await zone(page, "sign").setInputFiles(files("tls.pem"));
  await form(page, "sign").getByRole("button", { name: "Upload" }).click();
  await expect(form(page, "sign").getByRole("alert")).toContainText("The key of this certificate is not in the files");
  await expect(form(page, "sign").getByRole("alert")).toContainText("The certificate of Fake Application Integration is missing");
  await zone(page, "sign").setInputFiles(files("tls.key", "chain.pem"));
  await form(page, "sign").getByRole("button", { name: "Upload" }).click();
  await expect(page.getByText("Profiles are signed by it. Valid for 19 more days")).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: "muster.northwind.example" })).toBeVisible();
  await expect(form(page, "sign").getByRole("status")).toContainText("only on devices that trust Fake Root CA");
  await fetched("signed.cms");
  expect(verify("signed.cms")).toContain("com.apple.mdm");
  await page.screenshot({ path: "test-results/apple-signing-1280.png", fullPage: true });

  await page.goto(`${world.base}/dashboard`);
  await ready(page);
  await expect(page.getByText("The certificate that signs profiles ends in 19 days")).toBeVisible();
  await open(page);
  const section = page.locator("section").filter({ has: page.getByRole("heading", { name: "Signature of the profile" }) });
  await section.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("Profiles are signed by Muster’s own authority")).toBeVisible();
  await fetched("again.cms");
  expect(() => verify("again.cms")).toThrow();
  expect(faults).toEqual([]);
  await phone.close();
});

test("the page is calm in both themes and at both widths, and says the same in Russian", async ({ page }) => {
  const faults = problems(page);
  await world.signUp(page);
  apple.push("first");
  world.muster("apple", "cert", "upload", ...files("first.pem"), "--key", apple.path("first.key"), "--account", "it@northwind.example");
  world.muster("apple", "cert", "csr");
  apple.certificate("tls", "/CN=muster.northwind.example");
  world.muster("apple", "signing", "upload", ...files("tls.pem", "tls.key", "chain.pem"));
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await open(page);
      const room = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(room, `${width}`).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `test-results/apple-${width}-${theme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.context().addCookies([{ name: "muster_language", value: "ru", url: world.base }]);
  await page.goto(`${world.base}/settings/apple`);
  await ready(page);
  await expect(page.getByRole("heading", { name: "iPhone и iPad" })).toBeVisible();
  await page.screenshot({ path: "test-results/apple-ru.png", fullPage: true });
  expect(faults).toEqual([]);
});
