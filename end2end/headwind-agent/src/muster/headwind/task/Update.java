package muster.headwind.task;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import muster.headwind.Agent;
import muster.headwind.message.LogItem;
import muster.headwind.message.ServerConfig;
import muster.headwind.phone.Phone;

/**
 * One round of the agent's ConfigUpdater (helper/ConfigUpdater.java): fetch, move, obey, files, apps, and what the screen shows
 * then. An object serves as long as the agent's does, and its retries are spent once, not once a round.
 */
public final class Update {
    /** How a round ended. */
    public enum Outcome { DONE, NUMBER_ASKED, NETWORK_ERROR, STOPPED }

    /** So many moves in a row are moves without an end, which the agent would make as well. */
    private static final int MOVES = 10;

    private final Agent agent;
    private final boolean screen;
    private final AtomicBoolean fetching = new AtomicBoolean();
    private int retries;
    private int moves;
    private Consumer<String> push = options -> {};

    /** With the main screen open, or without (the hourly reserve): then nobody is asked, and no information is sent at the end. */
    public Update(Agent agent, boolean screen) {
        this.agent = agent;
        this.screen = screen;
        this.retries = agent.preferences().connRetryCount;
    }

    /** What starts the polling service, given pushOptions. */
    public Update onPush(Consumer<String> start) {
        push = start;
        return this;
    }

    /** Whether the configuration is just being fetched: then the agent drops any other request for a round. */
    public boolean isFetching() {
        return fetching.get();
    }

    /**
     * The round with which the agent starts: by hand before anything is stored. A phone that is just being provisioned fetches
     * first, and no more than that; it goes on when that has worked (ui/InitialSetupActivity.java:57-64).
     */
    public Outcome begin(boolean byHand) {
        if (!agent.preferences().integratedProvisioning) {
            return run(byHand || agent.preferences().config == null);
        }
        Outcome first = new Update(agent, true).loadOnly();
        if (first != Outcome.DONE) {
            return first;
        }
        agent.state.change(() -> agent.preferences().integratedProvisioning = false);
        return run(true);
    }

    /** A round; by hand means that somebody waits before the screen. */
    public Outcome run(boolean byHand) {
        return switch (fetch()) {
            case STORED -> afterFetch(byHand);
            case DEVICE_NOT_FOUND -> Outcome.NUMBER_ASKED;
            case NETWORK_ERROR -> withoutServer(byHand);
        };
    }

    private Outcome loadOnly() {
        return switch (fetch()) {
            case STORED -> {
                readRules();
                yield Outcome.DONE;
            }
            case DEVICE_NOT_FOUND -> Outcome.NUMBER_ASKED;
            case NETWORK_ERROR -> withoutServer(true);
        };
    }

    private GetConfiguration.Result fetch() {
        while (true) {
            fetching.set(true);
            GetConfiguration.Result result = new GetConfiguration(agent).run();
            fetching.set(false);
            switch (result) {
                case STORED -> agent.log.write(LogItem.INFO, "configuration updated");
                case DEVICE_NOT_FOUND -> {
                    agent.log.write(LogItem.WARN, "configuration not updated: server error");
                    agent.events.emit("server-error", "number", agent.preferences().deviceId, "asked", screen);
                }
                case NETWORK_ERROR -> {
                    agent.log.write(LogItem.WARN, "configuration not updated: network error");
                    if (retries > 0) {
                        retries--;
                        agent.events.emit("retry", "seconds", agent.preferences().connRetryDelay);
                        agent.pace.sleep(agent.preferences().connRetryDelay * 1000L);
                        continue;
                    }
                }
            }
            return result;
        }
    }

    /** Later rounds go on with the old configuration; a first one, or one by hand, ends with a question. */
    private Outcome withoutServer(boolean byHand) {
        ServerConfig config = agent.preferences().config;
        boolean asked = config == null || byHand || screen && config.showWifi;
        agent.events.emit("network-error", "asked", asked && screen,
                "reset", asked && screen ? config == null && !agent.preferences().qrProvisioning : null);
        if (!asked) {
            afterFetch(byHand);
        }
        return Outcome.NETWORK_ERROR;
    }

    private void readRules() {
        agent.log.updateRules();
        agent.log.write(LogItem.INFO, "device owner: " + agent.phone().deviceOwner);
    }

    private Outcome afterFetch(boolean byHand) {
        readRules();
        if (new Migration(agent).move()) {
            if (++moves > MOVES) {
                throw agent.events.crash("newServerUrl sends the phone from server to server without end", null);
            }
            return run(false);
        }
        moves = 0;
        startPush();
        new Orders(agent).obey();
        setLauncher();
        boolean complete = new FileUpdate(agent, screen, byHand).run() && new AppUpdate(agent, screen, byHand).run();
        if (!complete) {
            return Outcome.STOPPED;
        }
        agent.log.write(LogItem.VERBOSE, "update complete");
        if (screen) {
            Info.send(agent);
            showLock(agent);
        }
        return Outcome.DONE;
    }

    /** Anything but MQTT starts the polling service; nothing at all starts nothing (ConfigUpdater.java:278-320). */
    private void startPush() {
        ServerConfig config = agent.preferences().config;
        String options = config == null ? null : config.pushOptions;
        agent.events.emit("push", "options", options);
        if (options != null) {
            push.accept(options);
        }
    }

    /** A device owner makes itself the home screen unless it is told otherwise. */
    private void setLauncher() {
        ServerConfig config = agent.preferences().config;
        Phone phone = agent.phone();
        boolean own = config.runDefaultLauncher == null || !config.runDefaultLauncher;
        if (phone.deviceOwner && own != phone.ownLauncher) {
            agent.state.change(() -> phone.ownLauncher = own);
            agent.events.emit("launcher", "own", own);
        }
    }

    /** The lock is a screen above all others; it goes when a configuration comes without it (MainActivity.java:1759-1764). */
    public static void showLock(Agent agent) {
        ServerConfig config = agent.preferences().config;
        boolean lock = config.lock != null && config.lock;
        boolean was = agent.phone().locked;
        agent.state.change(() -> agent.phone().locked = lock);
        if (lock) {
            agent.events.emit("lock", "message", config.lockMessage);
        } else if (was) {
            agent.events.emit("unlock");
        }
    }
}
