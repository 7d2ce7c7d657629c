package muster.headwind;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import muster.headwind.message.LogItem;
import muster.headwind.task.Info;
import muster.headwind.task.LongPolling;
import muster.headwind.task.Update;

/**
 * The agent with its main screen open, from its start until the phone reboots or the run ends: a round at once and at each
 * message, information every 15 minutes, the hourly reserve, and the log.
 */
final class Life {
    private static final long QUARTER = 15 * 60_000L;
    private static final long HOUR = 3_600_000L;

    private final Agent agent;
    private final Update update;
    private final ExecutorService screen = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService workers = Executors.newScheduledThreadPool(2);
    private final AtomicBoolean uploading = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Thread polling;
    private volatile Throwable end;

    Life(Agent agent) {
        this.agent = agent;
        this.update = new Update(agent, true).onPush(options -> startPolling());
    }

    /** Lives for so many milliseconds of ours at most; throws what ended it before. */
    void live(long most) throws Throwable {
        agent.log.whenDue(() -> uploadSoon(0));
        agent.log.write(LogItem.INFO, "agent " + agent.phone().agentVersion + "-opensource started");
        if (agent.preferences().config != null) {
            Update.showLock(agent);
        }
        screen.execute(guarded(() -> update.begin(false)));
        every(QUARTER, 0, this::reserve);
        every(QUARTER, QUARTER, () -> Info.sendAsWorker(agent));
        try {
            over.await(most, TimeUnit.MILLISECONDS);
        } finally {
            stop();
        }
        if (end != null) {
            throw end;
        }
    }

    /** A message came: another round, unless the configuration is just being fetched. */
    private void updateSoon() {
        if (update.isFetching()) {
            agent.events.emit("update-dropped");
        } else {
            screen.execute(guarded(() -> update.run(false)));
        }
    }

    private void startPolling() {
        if (polling != null) {
            return;
        }
        polling = new Thread(guarded(new LongPolling(agent, this::updateSoon)), "polling");
        polling.start();
    }

    /** Lest a phone be lost without messages: a round when the last such is an hour ago (worker/PushNotificationWorker.java:85-198). */
    private void reserve() {
        if (agent.preferences().config == null) {
            return;
        }
        if (agent.preferences().config.pushOptions == null) {
            agent.events.emit("worker-failed", "worker", "reserve", "error", "NullPointerException: pushOptions is null");
            return;
        }
        long now = System.currentTimeMillis();
        long last = agent.preferences().configUpdateTimestamp;
        if (last != 0 && last + agent.pace.millis(HOUR) > now) {
            return;
        }
        agent.state.change(() -> agent.preferences().configUpdateTimestamp = now);
        if (last != 0) {
            agent.events.emit("reserve");
            screen.execute(guarded(() -> new Update(agent, false).onPush(options -> startPolling()).run(false)));
        }
    }

    /** The log goes out at once, and after a failure in 15 minutes. */
    private void uploadSoon(long delay) {
        if (uploading.compareAndSet(false, true)) {
            workers.schedule(guarded(() -> {
                boolean sent = agent.log.upload();
                uploading.set(false);
                if (!sent) {
                    uploadSoon(QUARTER);
                } else if (!agent.state.logs.isEmpty()) {
                    uploadSoon(0);
                }
            }), agent.pace.millis(delay), TimeUnit.MILLISECONDS);
        }
    }

    private void every(long period, long delay, Runnable work) {
        workers.scheduleAtFixedRate(guarded(work), agent.pace.millis(delay), agent.pace.millis(period), TimeUnit.MILLISECONDS);
    }

    /** Whatever nobody catches ends this life. */
    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable error) {
                if (over.getCount() > 0) {
                    end = error;
                    over.countDown();
                }
            }
        };
    }

    private void stop() {
        screen.shutdownNow();
        workers.shutdownNow();
        if (polling != null) {
            polling.interrupt();
        }
        agent.client.dispatcher().cancelAll();
    }
}
