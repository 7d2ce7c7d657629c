package muster.headwind;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import muster.headwind.message.LogItem;
import muster.headwind.phone.Phone;
import muster.headwind.phone.State;
import muster.headwind.task.Info;
import muster.headwind.task.Rebooted;
import muster.headwind.task.Update;

/** A phone with the open-source Headwind MDM agent on it, for tests: one command, then the end. */
public final class Main {
    private static final String USAGE = "headwind-agent --state FILE [--events -] [--lenient] [--speed FACTOR] "
            + "set-up|sync|run|info|log LINE|show|uninstall|reinstall (see README.md)";
    private static final double FOREVER = 1e9;
    private static volatile int exitCode = 143;

    private final Options options;
    private final State state;
    private final Events events;
    private Agent agent;

    private Main(Options options) throws IOException {
        this.options = options;
        this.state = State.load(Path.of(options.required("state")).toAbsolutePath());
        this.events = new Events(options.get("events", "-"));
    }

    /** Ends with 0, or with one of the codes of Halt. */
    public static void main(String[] arguments) {
        try {
            new Main(Options.parse(arguments)).runGuarded();
            exitCode = 0;
        } catch (Halt halt) {
            exitCode = halt.code;
        } catch (Options.Wrong wrong) {
            System.err.println(wrong.getMessage() + "\n" + USAGE);
            exitCode = Halt.USAGE;
        } catch (Throwable fault) {
            fault.printStackTrace();
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private void runGuarded() throws Throwable {
        keep();
        agent = newAgent();
        try {
            command();
        } catch (Rebooted rebooted) {
            events.last("stopped");
        } catch (Options.Wrong wrong) {
            throw wrong;
        } catch (RuntimeException uncaught) {
            throw events.crash("nobody in the agent catches this", uncaught);
        }
    }

    private void command() throws Throwable {
        switch (options.command()) {
            case "set-up" -> setUp();
            case "sync" -> sync();
            case "run" -> run();
            case "info" -> halt(Info.sendAsWorker(ready()), Halt.NETWORK);
            case "log" -> log();
            case "show" -> events.print(state);
            case "uninstall" -> remove(false);
            case "reinstall" -> remove(true);
            default -> throw new Options.Wrong("unknown command: " + options.command());
        }
    }

    private Agent newAgent() {
        return new Agent(state, events, options.has("lenient"), new Pace(options.number("speed", 1)));
    }

    /** What the options say of the phone is so from now on. */
    private void keep() {
        state.change(() -> {
            Phone phone = state.phone;
            phone.model = options.get("model", phone.model);
            phone.serial = options.get("serial", phone.serial);
            phone.imei = options.get("imei", phone.imei);
            phone.androidVersion = options.get("android-version", phone.androidVersion);
            phone.cpuArch = options.get("cpu-arch", phone.cpuArch);
            phone.agentVersion = options.get("agent-version", phone.agentVersion);
            phone.secret = options.get("secret", phone.secret);
            phone.battery = (int) options.number("battery", phone.battery);
            phone.checkSignature |= options.has("check-signature");
            phone.deviceOwner |= options.has("device-owner");
            if (options.has("launcher")) {
                phone.ownLauncher = options.get("launcher").equals("own");
            }
            if (options.has("permissions")) {
                phone.permissions = Arrays.stream(options.numbers("permissions", 4)).mapToObj(one -> (int) one).toList();
            }
            if (options.has("location")) {
                phone.location = options.numbers("location", 2);
            }
            if (options.has("trust")) {
                phone.trust = Path.of(options.get("trust")).toAbsolutePath().toString();
            }
        });
    }

    private void setUp() throws IOException {
        if (!state.installed) {
            state.clearAgent(true);
        }
        SetUp setUp = new SetUp(agent);
        if (options.has("qr")) {
            String qr = readAll(options.get("qr"));
            if (options.has("device-owner")) {
                setUp.provision(qr);
            } else {
                setUp.scan(qr);
            }
        }
        if (options.has("server")) {
            setUp.typeServer(options.get("server"));
        }
        if (options.has("number")) {
            setUp.typeNumber(options.get("number"));
        }
        setUp.completeNumber();
        events.emit("set-up", "base", state.preferences.baseUrl, "secondary", state.preferences.secondaryBaseUrl,
                "project", state.preferences.project, "number", state.preferences.deviceId);
        ready();
    }

    private static String readAll(String where) throws IOException {
        return where.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : Files.readString(Path.of(where));
    }

    /** The agent, if it has all that it needs; otherwise a dialog is open (ui/MainActivity.java:1084-1125). */
    private Agent ready() {
        if (!state.installed) {
            throw new Options.Wrong("there is no agent on this phone: reinstall it");
        }
        if (state.preferences.baseUrl == null || state.preferences.deviceId.isEmpty()) {
            events.emit("asked", "for", state.preferences.baseUrl == null ? "server" : "number");
            throw new Halt(Halt.ASKED);
        }
        return agent;
    }

    private void sync() {
        ready();
        agent.log.write(LogItem.INFO, "agent " + state.phone.agentVersion + "-opensource started");
        try {
            Update.Outcome outcome = new Update(agent, true).begin(options.has("by-hand"));
            halt(outcome != Update.Outcome.NUMBER_ASKED, Halt.ASKED);
            halt(outcome != Update.Outcome.NETWORK_ERROR, Halt.NETWORK);
        } finally {
            if (state.installed) {
                agent.log.upload();
            }
        }
    }

    private static void halt(boolean fine, int otherwise) {
        if (!fine) {
            throw new Halt(otherwise);
        }
    }

    /** Until the time is over, the process is stopped, or the phone is wiped; a reboot begins anew. */
    private void run() throws Throwable {
        ready();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // A signal is the ordinary end of a run.
            events.last("stopped");
            Runtime.getRuntime().halt(exitCode == 143 ? 0 : exitCode);
        }));
        long end = System.currentTimeMillis() + Math.round(options.number("for", FOREVER) * 1000);
        while (true) {
            try {
                new Life(newAgent()).live(end - System.currentTimeMillis());
                return;
            } catch (Rebooted rebooted) {
                events.emit("booted");
            }
        }
    }

    private void log() {
        ready();
        int level = (int) options.number("level", LogItem.INFO);
        agent.log.write(new LogItem(level, options.get("package", Phone.AGENT), options.rest()));
        halt(agent.log.upload(), Halt.NETWORK);
    }

    private void remove(boolean again) {
        state.clearAgent(again);
        events.emit(again ? "reinstalled" : "uninstalled");
    }
}
