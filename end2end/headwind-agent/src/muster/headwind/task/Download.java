package muster.headwind.task;

import java.io.IOException;
import java.util.function.Predicate;
import muster.headwind.Agent;
import muster.headwind.message.LogItem;
import muster.headwind.net.Signature;
import muster.headwind.phone.State.Attempt;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A download (util/InstallUtils.java:308-397): through Android's own HTTP client, which is an OkHttp that follows no redirect
 * from https to http. Only the status 200 counts. Checksums are not compared: the agent never does.
 */
final class Download {
    private static final String FILES = "/files/";

    private final Agent agent;
    private final OkHttpClient client;

    Download(Agent agent) {
        this.agent = agent;
        this.client = agent.client.newBuilder().followSslRedirects(false).build();
    }

    /** The bytes; fails on anything else. */
    byte[] fetch(String url) throws IOException {
        Request.Builder request = new Request.Builder().url(url)
                .header("Accept-Encoding", "identity")
                .header("User-Agent", "Dalvik/2.1.0 (Linux; U; Android " + agent.phone().androidVersion + "; "
                        + agent.phone().model + ")");
        int files = url.indexOf(FILES);
        if (files != -1) {
            request.header("X-Request-Signature", Signature.of(agent.phone().secret, url.substring(files + FILES.length())));
        }
        try (Response response = client.newCall(request.build()).execute()) {
            if (response.code() != 200) {
                throw new IOException("status " + response.code() + " for " + url);
            }
            return response.body().bytes();
        }
    }

    /** Whether it is worth it: not in the background after what was downloaded could not be installed (ConfigUpdater.java:694-718). */
    boolean isAllowed(String path, boolean byHand) {
        Attempt last = agent.state.attempts.get(path);
        if (byHand || last == null || !last.downloaded || last.installed) {
            return true;
        }
        agent.log.write(LogItem.INFO, "no download after a failed installation: " + path);
        agent.events.emit("download-skipped", "path", path);
        return false;
    }

    /** Notes a failure, so that the next round knows. */
    void failed(String path, boolean downloaded) {
        agent.state.change(() -> {
            Attempt attempt = agent.state.attempts.computeIfAbsent(path, any -> new Attempt());
            if (!downloaded) {
                attempt.attempts++;
            }
            attempt.downloaded = downloaded;
            attempt.installed = false;
        });
    }

    /** Forgets failures. */
    void succeeded(String path) {
        Predicate<String> any = agent.state.attempts::containsKey;
        if (any.test(path)) {
            agent.state.change(() -> agent.state.attempts.remove(path));
        }
    }
}
