package muster.headwind.task;

/** The phone goes down and comes up again: whatever runs is over. */
public final class Rebooted extends Error {
    private static final long serialVersionUID = 1;

    /** Right now. */
    public Rebooted() {
        super("reboot", null, false, false);
    }
}
