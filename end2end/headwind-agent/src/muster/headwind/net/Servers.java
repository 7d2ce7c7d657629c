package muster.headwind.net;

import java.io.IOException;
import muster.headwind.Events;
import muster.headwind.Json;
import muster.headwind.phone.State;
import okhttp3.OkHttpClient;

/**
 * The server and its stand-in (server/ServerServiceKeeper.java:37-82): both are made once and kept until they are reset, whatever
 * the settings say meanwhile.
 */
public final class Servers {
    /** A call on one of the two. */
    public interface Call<T> {
        Reply<T> on(Server server) throws Exception;
    }

    private final State state;
    private final Json json;
    private final Events events;
    private final OkHttpClient client;
    private Server first;
    private Server second;

    /** For the settings of this phone. */
    public Servers(State state, OkHttpClient client, Json json, Events events) {
        this.state = state;
        this.json = json;
        this.events = events;
        this.client = client;
    }

    /** The settings have changed. */
    public synchronized void reset() {
        first = null;
        second = null;
    }

    /** A server anywhere, for a move to it. */
    public Server at(String baseUrl) {
        return new Server(baseUrl, client, json);
    }

    /** Asks the server, and the stand-in after any exception; throws what the stand-in throws. */
    public <T> Reply<T> ask(Call<T> call) throws Exception {
        Reply<T> reply = null;
        try {
            reply = call.on(first());
        } catch (Exception error) {
            events.emit("attempt-failed", "error", error.toString());
        }
        return reply != null ? reply : call.on(second());
    }

    /** Like ask, where the agent wants no more than success. */
    public boolean tell(Call<String> call) {
        try {
            return ask(call).isSuccessful();
        } catch (Exception error) {
            events.emit("attempt-failed", "error", error.toString());
            return false;
        }
    }

    /**
     * Where Retrofit refuses the base URL, the agent turns to its maker's server (ServerServiceKeeper.java:50-54). This client
     * does not: it is a harm done to the phone.
     */
    public synchronized Server first() {
        if (first == null) {
            try {
                first = at(state.preferences.baseUrl);
            } catch (RuntimeException error) {
                throw events.crash("the base URL is refused, so that the agent calls https://app.h-mdm.com", error);
            }
        }
        return first;
    }

    private synchronized Server second() {
        if (second == null) {
            try {
                second = at(state.preferences.secondaryBaseUrl);
            } catch (RuntimeException error) {
                second = first();
            }
        }
        return second;
    }
}
