package muster.headwind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The command line: options anywhere, one command, and what belongs to it. */
final class Options {
    /** What is wrong with the command line. */
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1;

        Wrong(String what) {
            super(what);
        }
    }

    private static final Set<String> SWITCHES = Set.of("lenient", "device-owner", "check-signature", "by-hand");
    private static final Set<String> VALUES = Set.of("state", "events", "speed", "for", "server", "number", "qr", "model", "serial",
            "imei", "android-version", "cpu-arch", "permissions", "launcher", "battery", "location", "agent-version", "secret",
            "trust", "level", "package");

    private final Map<String, String> values = new HashMap<>();
    private final List<String> words = new ArrayList<>();

    /** Fails with what is wrong. */
    static Options parse(String[] arguments) {
        Options options = new Options();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("--")) {
                options.words.add(argument);
                continue;
            }
            String name = argument.substring(2);
            if (SWITCHES.contains(name)) {
                options.values.put(name, "");
            } else if (VALUES.contains(name) && i + 1 < arguments.length) {
                options.values.put(name, arguments[++i]);
            } else {
                throw new Wrong("unknown option, or one without its value: " + argument);
            }
        }
        if (options.words.isEmpty()) {
            throw new Wrong("no command");
        }
        return options;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value, or null. */
    String get(String name) {
        return values.get(name);
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    double number(String name, double otherwise) {
        return has(name) ? numbers(name, 1)[0] : otherwise;
    }

    /** So many numbers with commas between them. */
    double[] numbers(String name, int count) {
        try {
            double[] numbers = Arrays.stream(get(name).split(",")).mapToDouble(Double::parseDouble).toArray();
            if (numbers.length == count) {
                return numbers;
            }
        } catch (NumberFormatException unlike) {
            // Told below, like a wrong count.
        }
        throw new Wrong("--" + name + " wants numbers: " + count);
    }

    String required(String name) {
        if (!has(name)) {
            throw new Wrong("--" + name + " is missing");
        }
        return get(name);
    }

    String command() {
        return words.get(0);
    }

    /** What follows the command. */
    String rest() {
        return String.join(" ", words.subList(1, words.size()));
    }
}
