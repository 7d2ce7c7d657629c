// Mail to a server that somebody else wrote, in each way of protection; and the message as others read it.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { simpleParser } from "mailparser";
import { Authority, MailServer } from "./mailserver";
import { World, qrOf } from "./world";

test.describe.configure({ timeout: 180_000 });

let world: World;
let authority: Authority;

test.beforeAll(async () => {
  authority = new Authority();
  // How an administrator makes Muster trust a mail server of their own authority.
  process.env.SSL_CERT_FILE = authority.file;
  world = await new World().start();
  world.muster("settings", "set", "name", "Больница «Север»");
  world.muster("settings", "set", "help_contact", "it-help@north.example");
  world.muster("settings", "set", "smtp.host", "localhost");
  world.muster("settings", "set", "smtp.from", "it@north.example");
});

test.afterAll(() => {
  delete process.env.SSL_CERT_FILE;
  world.stop();
  authority.remove();
});

function sql(statement: string): unknown[][] {
  const script = "import sqlite3,sys,json\nc=sqlite3.connect(sys.argv[1],timeout=20)\nr=c.execute(sys.argv[2]).fetchall()\nc.commit()\nprint(json.dumps(r))";
  return JSON.parse(execFileSync("python3", ["-c", script, join(world.folder, "data/muster.db"), statement], { encoding: "utf8" }));
}

let people = 0;
/** Invites somebody new and answers the address; the message is due at once. */
function invite(server: MailServer, tls: string, user?: string, name = "Анна Петрова", domain = "north.example"): string {
  const address = `p${++people}@${domain}`;
  world.people(`${name},${address},\n`);
  world.muster("settings", "set", "smtp.port", `${server.port}`);
  world.muster("settings", "set", "smtp.tls", tls);
  world.muster("settings", "set", "smtp.user", ...(user ? [user] : []));
  world.muster("invite", address);
  sql("UPDATE mail_job SET run_at = 0");
  return address;
}

function state(address: string): string {
  return world.json("invitations", "list").find((i: { email: string }) => i.email === address).state;
}

function password(word: string) {
  execFileSync(process.env.MUSTER_BIN ?? join(__dirname, "../../target/release/muster"), ["settings", "set", "smtp.password"], {
    env: { ...process.env, MUSTER_DATA: join(world.folder, "data") },
    input: word,
  });
}

test("implicit TLS, STARTTLS required or offered, and none, with PLAIN, LOGIN and no sign-in", async () => {
  const good = authority.certificate("DNS:localhost,IP:127.0.0.1");
  password("right");
  for (const [tls, options, secure] of [
    ["implicit", { secure: true }, true],
    ["required", {}, true],
    ["offered", {}, true],
    ["offered", { hideSTARTTLS: true }, false],
    ["none", { allowInsecureAuth: true }, false],
  ] as const) {
    for (const method of ["PLAIN", "LOGIN", undefined]) {
      if (tls === "offered" && !secure && method) continue; // refused: see below
      const server = await new MailServer({ ...good, ...options, authMethods: method ? [method] : [] }).listen();
      const address = invite(server, tls, method && "it");
      await expect.poll(() => server.received.length, { timeout: 15_000, message: `${tls} ${method}` }).toBe(1);
      expect(server.received[0]).toMatchObject({ to: address, secure, method });
      await expect.poll(() => state(address)).toBe("sent");
      server.close();
    }
  }
  // Names in the certificate may be addresses.
  world.muster("settings", "set", "smtp.host", "127.0.0.1");
  const server = await new MailServer({ ...good, secure: true, authMethods: [] }).listen();
  invite(server, "implicit");
  await expect.poll(() => server.received.length).toBe(1);
  server.close();
  world.muster("settings", "set", "smtp.host", "localhost");
});

test("a server that is not who it should be gets nothing, and the message waits with clear words", async () => {
  password("right");
  const good = authority.certificate("DNS:localhost");
  const cases: [string, Record<string, unknown>, string, string | undefined, RegExp][] = [
    ["implicit", { ...authority.certificate("DNS:mail.other.example"), secure: true }, "right", undefined, /certificate is for another name/],
    ["required", authority.certificate("DNS:mail.other.example"), "right", undefined, /certificate is for another name/],
    ["implicit", { ...authority.certificate("DNS:localhost", "self"), secure: true }, "right", undefined, /authority that this machine does not trust/],
    ["offered", authority.certificate("DNS:localhost", "self"), "right", undefined, /authority that this machine does not trust/],
    ["required", { ...good, hideSTARTTLS: true }, "right", undefined, /offers no STARTTLS, and the settings require it/],
    ["offered", { ...good, hideSTARTTLS: true, allowInsecureAuth: true, authMethods: ["PLAIN"] }, "right", "it", /password is not sent in clear text/],
    ["implicit", { ...good }, "right", undefined, /speaks no TLS/],
    ["required", { ...good, authMethods: ["PLAIN"] }, "another", "it", /535 .*wrong name or password/],
    ["required", { ...good, authMethods: ["XOAUTH2"] }, "right", "it", /no way to sign in that Muster knows/],
  ];
  for (const [tls, options, expected, user, words] of cases) {
    const server = await new MailServer({ authMethods: [], ...options }, expected).listen();
    const address = invite(server, tls, user);
    const reason = () => sql(`SELECT coalesce(max(j.reason), '') FROM mail_job j JOIN invitation i ON i.id = j.id JOIN user u ON u.id = i.user_id WHERE u.email = '${address}'`)[0][0];
    await expect.poll(reason, { timeout: 15_000, message: `${tls} ${words}` }).toMatch(words);
    expect(state(address)).toBe("queued");
    expect(server.received).toEqual([]);
    server.close();
    world.muster("invitations", "revoke", world.json("invitations", "list").find((i: { email: string }) => i.email === address).id);
  }
});

test("many mails go over few connections, also over TLS", async () => {
  const server = await new MailServer({ ...authority.certificate("DNS:localhost"), secure: true, authMethods: [] }).listen();
  world.people([...Array(60).keys()].map((n) => `Person ${n},many${n}@north.example,Many\n`).join(""));
  world.muster("settings", "set", "smtp.port", `${server.port}`);
  world.muster("settings", "set", "smtp.tls", "implicit");
  world.muster("settings", "set", "smtp.user");
  world.muster("invite", "--group", "Many");
  sql("UPDATE mail_job SET run_at = 0");
  await expect.poll(() => server.received.length, { timeout: 30_000 }).toBe(60);
  expect(server.connections).toBeLessThanOrEqual(8);
  server.close();
});

test("the message is what Python and npm read: names, dates, parts, the code", async () => {
  const server = await new MailServer({ ...authority.certificate("DNS:localhost"), authMethods: [] }).listen();
  world.muster("settings", "set", "language", "ru");
  const address = invite(server, "required", undefined, "Дарья Волкова", "почта.рф");
  await expect.poll(() => server.received.length, { timeout: 15_000 }).toBe(1);
  server.close();
  const { raw, to } = server.received[0];
  // The server turns the domain back; over the wire it was ASCII.
  expect(to).toBe(address);
  expect(raw.toString("latin1")).toContain(`<${address.replace("почта.рф", "xn--80a1acny.xn--p1ai")}>`);
  const npm = await simpleParser(raw, { skipImageLinks: true });
  expect(npm.subject).toBe("Подключите телефон: Больница «Север»");
  expect(npm.from).toMatchObject({ value: [{ name: "Больница «Север»", address: "it@north.example" }] });
  expect(npm.to).toMatchObject({ value: [{ name: "Дарья Волкова" }] });
  expect(npm.html).toContain('src="cid:qr"');
  const link = qrOf(npm);
  expect(npm.text).toContain(link);
  expect(npm.html).toContain(`href="${link}"`);
  const script = `
import sys, json, email
from email import policy
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy.default)
parts = list(m.walk())
print(json.dumps({
  "defects": [str(d) for p in parts for d in p.defects] + [str(d) for p in parts for _, v in p.items() for d in getattr(v, "defects", [])],
  "types": [p.get_content_type() for p in parts],
  "subject": m["Subject"], "to": m["To"].addresses[0].display_name,
  "date": m["Date"].datetime.isoformat(), "id": m["Message-ID"], "list": m["List-Id"], "auto": m["Auto-Submitted"],
  "text": m.get_body(("plain",)).get_content(), "html": m.get_body(("html",)).get_content(),
  "cid": [p["Content-ID"] for p in parts if p["Content-ID"]],
  "files": [p.get_filename() for p in m.iter_attachments()],
}))`;
  const python = JSON.parse(execFileSync("python3", ["-c", script], { input: raw, encoding: "utf8" }));
  expect(python.defects).toEqual([]);
  expect(python.types).toEqual(["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png", "image/png"]);
  expect(python).toMatchObject({ subject: npm.subject, to: "Дарья Волкова", list: "<muster.north.example>", auto: "auto-generated", cid: ["<qr>", "<agent>"], files: ["qr-code.png"] });
  expect(python.id).toMatch(/^<[\w.-]+@north\.example>$/);
  expect(Math.abs(Date.parse(python.date) - Date.now())).toBeLessThan(60_000);
  // With pictures blocked the text alone is enough: the link, the steps, until when, whom to ask.
  for (const part of [link, "1. ", "3. ", "UTC", "it-help@north.example", "Здравствуйте, Дарья Волкова"]) {
    expect(python.text).toContain(part);
  }
  for (const line of raw.toString("latin1").split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
  expect(raw.toString("latin1")).not.toMatch(/[^\x00-\x7f]/);
  expect(raw.length).toBeLessThan(40_000);
});
