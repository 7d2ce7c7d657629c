package muster.headwind;

import muster.headwind.net.Client;
import muster.headwind.net.Servers;
import muster.headwind.phone.Phone;
import muster.headwind.phone.Preferences;
import muster.headwind.phone.State;
import muster.headwind.task.RemoteLog;
import okhttp3.OkHttpClient;

/** The running agent: what each of its tasks needs. */
public final class Agent {
    public final State state;
    public final Events events;
    public final Json json;
    public final Pace pace;
    public final OkHttpClient client;
    public final Servers servers;
    public final RemoteLog log;

    /** The agent of a phone. */
    public Agent(State state, Events events, boolean lenient, Pace pace) {
        this.state = state;
        this.events = events;
        this.json = new Json(events, lenient);
        this.pace = pace;
        this.client = Client.create(state.phone.trust, events);
        this.servers = new Servers(state, client, json, events);
        this.log = new RemoteLog(this);
    }

    /** What it keeps. */
    public Preferences preferences() {
        return state.preferences;
    }

    /** What it runs on. */
    public Phone phone() {
        return state.phone;
    }
}
