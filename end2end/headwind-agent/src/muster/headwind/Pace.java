package muster.headwind;

/** The agent's pauses, all of them shorter by a factor where a test has no time. */
public record Pace(double speed) {
    /** So many milliseconds of the agent's in ours. */
    public long millis(long ofAgent) {
        return Math.max(1, Math.round(ofAgent / speed));
    }

    /** Waits; an interrupt ends the run's thread. */
    public void sleep(long ofAgent) {
        try {
            Thread.sleep(millis(ofAgent));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Halt(0);
        }
    }
}
