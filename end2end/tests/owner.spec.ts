// A phone that belongs to the company: from the console's switch to the code on a computer's page and an agent that is its owner.
// The package is ApiDemos from npm, which has a device administrator; zbarimg reads the code; the agent is headwind-agent.
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { request, type RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { Authority } from "./mailserver";
import { World, problems, ready } from "./world";

const AGENT = join(__dirname, "../headwind-agent/headwind-agent");
const APK = join(__dirname, "../node_modules/android-apidemos/apks/ApiDemos-debug.apk");
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
const EXTRA = "android.app.extra.PROVISIONING_";

/** Programs that come by the proxy, which lives in this very process: it must not wait for them. */
const runs = promisify(execFile);

test.describe.configure({ timeout: 180_000 });

let world: World;
let authority: Authority;
let proxy: Server;

test.beforeEach(async () => {
  world = await new World().start();
  world.people("Anna Petrova,anna@northwind.example,\n");
  authority = new Authority();
});

test.afterEach(() => {
  proxy?.closeAllConnections();
  proxy?.close();
  authority.remove();
  world.stop();
});

/** HTTPS in front of the server, as phones want it: its address is the public one from then on. */
async function https(): Promise<string> {
  const to = new URL(world.base);
  const pass: RequestListener = (asked, answer) => {
    const { method, url, headers } = asked;
    const inner = request({ host: to.hostname, port: to.port, method, path: url, headers }, (told) => {
      answer.writeHead(told.statusCode!, told.headers);
      told.pipe(answer);
    });
    inner.on("error", () => answer.destroy());
    asked.pipe(inner);
  };
  proxy = createServer(authority.certificate("DNS:localhost"), pass);
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  const address = `https://localhost:${(proxy.address() as AddressInfo).port}`;
  world.muster("settings", "set", "public_url", address);
  return address;
}

test("a new phone: said honestly, switched on, scanned from a computer's page, and there as its owner", async ({ page }) => {
  const faults = problems(page);
  await world.signUp(page);
  const address = await https();

  await page.goto(`${world.base}/settings/android`);
  await ready(page);
  await expect(page.getByText("App blocked to protect your device")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "There is a code for new phones" })).not.toBeChecked();

  const chooser = page.locator("input[type=file]");
  writeFileSync(join(world.folder, "notes.apk"), "no package at all");
  await chooser.setInputFiles(join(world.folder, "notes.apk"));
  await expect(page.getByRole("alert")).toContainText("This is no ZIP file, and so no Android package: choose a file that ends in .apk.");
  await chooser.setInputFiles(APK);
  const row = page.getByRole("listitem").filter({ hasText: "io.appium.android.apis" }).last();
  await expect(row).toContainText("MB", { timeout: 20_000 });
  await expect(page.getByRole("alert").filter({ hasText: "no ZIP" })).toHaveCount(0);

  await page.getByRole("checkbox", { name: "There is a code for new phones" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("There is no code yet: upload the package com.hmdm.launcher above.")).toBeVisible();
  await page.getByLabel("Package", { exact: true }).fill("io.appium.android.apis");
  // A password of no network.
  await page.getByLabel("Wi-Fi password").fill("correct horse");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("A network’s name has 1 to 32 bytes.")).toBeVisible();
  await expect(page.getByLabel("Wi-Fi network")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Wi-Fi network").fill("Guests");
  await page.getByLabel("Wi-Fi password").fill("short");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("8 to 63 Latin letters, digits and signs.")).toBeVisible();
  await page.getByLabel("Wi-Fi password").fill("correct horse");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The code is on the page of each invitation, for computers.")).toBeVisible();

  await page.goto(`${world.base}/devices`);
  await ready(page);
  const link = world.json("invite", "anna@northwind.example", "--print-link")[0].link as string;
  expect(link.startsWith(address)).toBe(true);
  const context = await page.context().browser()!.newContext({ userAgent: WINDOWS, locale: "en-GB", ignoreHTTPSErrors: true });
  const computer = await context.newPage();
  await computer.goto(link);
  const fold = computer.locator("details").filter({ hasText: "fresh from its box" });
  await fold.locator("summary").click();
  await expect(fold.getByText("only apps that Google has approved")).toBeVisible();
  await expect.poll(() => fold.locator("img").evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  await fold.locator("img").screenshot({ path: join(world.folder, "owner.png") });
  const text = execFileSync("zbarimg", ["--raw", "-q", join(world.folder, "owner.png")], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const code = JSON.parse(text);
  expect(code[`${EXTRA}WIFI_PASSWORD`]).toBe("correct horse");
  expect(code[`${EXTRA}DEVICE_ADMIN_COMPONENT_NAME`]).toMatch(/^io\.appium\.android\.apis\//);
  const signer = execFileSync("apksigner", ["verify", "--print-certs", APK], { encoding: "utf8" }).match(/SHA-256 digest: ([0-9a-f]{64})/)![1];
  expect(code[`${EXTRA}DEVICE_ADMIN_SIGNATURE_CHECKSUM`]).toBe(Buffer.from(signer, "hex").toString("base64url"));
  const fetched = join(world.folder, "fetched.apk");
  await runs("curl", ["-sSf", "-m", "30", "--cacert", authority.file, "-o", fetched, code[`${EXTRA}DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION`]]);
  expect(readFileSync(fetched).equals(readFileSync(APK))).toBe(true);

  writeFileSync(join(world.folder, "owner.json"), text);
  const agent = (...words: string[]) => runs(AGENT, ["--state", join(world.folder, "anna.phone"), "--speed", "20", ...words]);
  await agent("set-up", "--qr", join(world.folder, "owner.json"), "--device-owner", "--trust", authority.file, "--model", "Pixel 8", "--serial", "R5CT1");
  await agent("sync");
  await expect(computer.getByRole("heading", { name: "Connected" })).toBeVisible({ timeout: 10_000 });
  const device = page.getByRole("row").filter({ hasText: "Pixel 8" });
  await expect(device).toContainText("Anna Petrova", { timeout: 5000 });

  await device.getByRole("link", { name: "Pixel 8" }).click();
  const commands = page.getByRole("region", { name: "Requests" });
  await commands.getByText("Do more").click();
  // What only a device's owner can do is offered.
  await expect(commands.locator(".orders .menu").getByRole("button", { name: "Restart" })).toBeEnabled();
  await context.close();
  // The file and the password that were refused.
  expect(faults.filter((fault) => !fault.includes("422"))).toEqual([]);
});

test("a package of another signer is asked about in whole sentences, and a no gives the focus back to the field", async ({ page }) => {
  await world.signUp(page);
  await page.goto(`${world.base}/settings/android`);
  await ready(page);
  const chooser = page.locator("input[type=file]");
  await chooser.setInputFiles(APK);
  const row = page.getByRole("listitem").filter({ hasText: "io.appium.android.apis" }).last();
  await expect(row).toContainText("MB", { timeout: 20_000 });

  const [key, der, certificate, other] = ["k.pem", "k.pk8", "c.pem", "other.apk"].map((name) => join(world.folder, name));
  const run = (program: string, ...words: string[]) => execFileSync(program, words, { stdio: "ignore" });
  run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other", "-days", "900", "-keyout", key, "-out", certificate);
  run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", key, "-outform", "DER", "-out", der);
  run("apksigner", "sign", "--key", der, "--cert", certificate, "--in", APK, "--out", other);
  await chooser.focus();
  await chooser.setInputFiles(other);
  const asked = page.getByRole("alertdialog");
  await expect(asked).toBeVisible({ timeout: 20_000 });
  const words = await asked.locator("p.lines").innerText();
  for (const sentence of words.split(/(?<=\.) /)) expect(sentence).toMatch(/^[A-Z].*\.$/s);
  expect(words.match(/refuse/g)).toHaveLength(1);
  await page.keyboard.press("Escape");
  await expect(asked).toBeHidden();
  await expect(chooser).toBeFocused();

  await row.getByRole("button", { name: /^Delete/ }).click();
  await expect(page.getByRole("alertdialog")).toContainText("Added again, it has another address, and codes are made anew.");
  await page.getByRole("button", { name: "Cancel" }).click();
  // Bytes that something on the way has added.
  writeFileSync(other, Buffer.concat([readFileSync(APK), Buffer.from("<!-- -->\n")]));
  await chooser.setInputFiles(other);
  await expect(page.getByRole("alert").filter({ hasText: "There are 9 bytes after the end of the package:" })).toBeVisible({ timeout: 20_000 });
});
