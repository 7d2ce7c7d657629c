package muster.headwind.phone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.headwind.message.Answers.LogRule;
import muster.headwind.message.LogItem;
import muster.headwind.message.ServerConfig.RemoteFile;

/** Everything of a phone that outlives a process, in one JSON file that is replaced in one step. */
public final class State {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public Phone phone = new Phone();
    /** Whether the agent is there. */
    public boolean installed = true;
    public Preferences preferences = new Preferences();
    /** Tables of the agent's database (db/). */
    public List<LogRule> logRules = new ArrayList<>();
    public List<LogItem> logs = new ArrayList<>();
    public Map<String, RemoteFile> files = new LinkedHashMap<>();
    public Map<String, Attempt> attempts = new LinkedHashMap<>();
    /** Files on the phone, path to SHA-256: they stay when the agent goes. */
    public Map<String, String> storage = new LinkedHashMap<>();
    public Map<String, Installed> packages = new LinkedHashMap<>();
    private Path file;

    /** A failed download or installation, which is not begun again at once (db/DownloadTable.java). */
    public static final class Attempt {
        public int attempts;
        public boolean downloaded;
        public boolean installed;
    }

    /** An installed package, as the package manager knows it. */
    public static final class Installed {
        public String versionName;
        public int versionCode;
    }

    /** The phone of a file, or a new one. */
    public static State load(Path file) throws IOException {
        State state = Files.exists(file) ? MAPPER.readValue(file.toFile(), State.class) : new State();
        state.file = file;
        return state;
    }

    /** Changes the phone and keeps the change. Threads of one phone change it one after the other. */
    public synchronized void change(Runnable change) {
        change.run();
        save();
    }

    /** The app goes, and with it all that it kept. */
    public synchronized void clearAgent(boolean stillThere) {
        installed = stillThere;
        preferences = new Preferences();
        logRules = new ArrayList<>();
        logs = new ArrayList<>();
        files = new LinkedHashMap<>();
        attempts = new LinkedHashMap<>();
        phone.locked = false;
        save();
    }

    /** Back as from the factory. */
    public synchronized void wipe() {
        storage = new LinkedHashMap<>();
        packages = new LinkedHashMap<>();
        phone.deviceOwner = false;
        clearAgent(false);
    }

    /** The agent's own package is always that of the build. */
    public synchronized Installed installedPackage(String name) {
        if (!Phone.AGENT.equals(name)) {
            return packages.get(name);
        }
        Installed agent = new Installed();
        agent.versionName = phone.agentVersion;
        agent.versionCode = 15360;
        return agent;
    }

    private void save() {
        try {
            Path next = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
            MAPPER.writeValue(next.toFile(), this);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
