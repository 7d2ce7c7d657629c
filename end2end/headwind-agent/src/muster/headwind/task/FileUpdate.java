package muster.headwind.task;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import muster.headwind.Agent;
import muster.headwind.message.LogItem;
import muster.headwind.message.ServerConfig;
import muster.headwind.message.ServerConfig.RemoteFile;
import muster.headwind.net.Signature;

/** Brings the files of the configuration (ConfigUpdater.java:466-655, InstallUtils.java:263-296). */
final class FileUpdate {
    private final Agent agent;
    private final boolean screen;
    private final boolean byHand;
    private final Download download;

    FileUpdate(Agent agent, boolean screen, boolean byHand) {
        this.agent = agent;
        this.screen = screen;
        this.byHand = byHand;
        this.download = new Download(agent);
    }

    /** False if the round ends here: with no screen, a file that cannot be had leaves it at that. */
    boolean run() {
        ServerConfig config = agent.preferences().config;
        for (RemoteFile file : due(config)) {
            if (file.remove) {
                agent.state.change(() -> {
                    agent.state.storage.remove(file.path);
                    agent.state.files.remove(file.path);
                });
                agent.events.emit("file", "path", file.path, "removed", true);
            } else if (file.url != null && !bring(config, file)) {
                agent.events.emit("download-failed", "path", file.path, "asked", screen);
                if (!screen) {
                    return false;
                }
                skip(config, file);
            }
        }
        return true;
    }

    /** What is to be removed and there, or not there, or older than the server's. */
    private List<RemoteFile> due(ServerConfig config) {
        List<RemoteFile> due = new ArrayList<>();
        for (RemoteFile file : config.files) {
            if (file.path == null) {
                continue;
            }
            boolean there = agent.state.storage.containsKey(file.path);
            RemoteFile known = agent.state.files.get(file.path);
            if (file.remove ? there : !there || known == null || known.lastUpdate < file.lastUpdate) {
                due.add(file);
            }
        }
        return due;
    }

    private boolean bring(ServerConfig config, RemoteFile file) {
        if (!download.isAllowed(file.path, byHand)) {
            return false;
        }
        byte[] bytes;
        try {
            bytes = download.fetch(file.url);
        } catch (IOException | IllegalArgumentException error) {
            agent.log.write(LogItem.WARN, "no download of " + file.path + ": " + error.getMessage());
            agent.events.emit("attempt-failed", "error", error.toString());
            download.failed(file.path, false);
            return false;
        }
        byte[] content = file.varContent ? fillIn(config, bytes) : bytes;
        agent.state.change(() -> {
            agent.state.storage.put(file.path, Signature.sha256(content));
            agent.state.files.put(file.path, file);
        });
        download.succeeded(file.path);
        agent.events.emit("file", "path", file.path, "url", file.url, "bytes", content.length, "sha256", Signature.sha256(content));
        return true;
    }

    /** Names in a template and what stands for them (ConfigUpdater.java:1297-1308). */
    private byte[] fillIn(ServerConfig config, byte[] template) {
        String imei = agent.phone().imei == null || agent.phone().imei.isEmpty() ? config.imei : agent.phone().imei;
        String text = new String(template, StandardCharsets.UTF_8)
                .replace("DEVICE_NUMBER", agent.preferences().deviceId)
                .replace("IMEI", orEmpty(imei))
                .replace("CUSTOM1", orEmpty(config.custom1))
                .replace("CUSTOM2", orEmpty(config.custom2))
                .replace("CUSTOM3", orEmpty(config.custom3));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    /** The person lets it be: the file leaves the stored configuration until the next one (SettingsHelper.java:350-360). */
    private void skip(ServerConfig config, RemoteFile file) {
        agent.state.change(() -> config.files.removeIf(other -> other.path.equals(file.path)));
    }
}
